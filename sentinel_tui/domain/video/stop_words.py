"""Words of titles that say nothing of what a video is about, in English and French."""

from __future__ import annotations

_ENGLISH = """
about after all also and any are because been before being best both but can cannot could did does
doing don down each ever every few first for from get gets getting give goes going gone got had has
have having her here hers him his how into its itself just know last let like made make makes making
many may me might more most much must my need never new next not now off once one only onto other
our ours out over own part really same shall she should since some still such take than that the
their them then there these they thing things this those through too two under until upon use very
want was way week were what when where which while who whom whose why will with without would you
your yours episode full official preview teaser trailer video videos
"""

_FRENCH = """
afin ainsi alors apres assez aucun aucune aussi autre autres avant avec avez avoir avons beaucoup
bien bon bonne car ceci cela celle celles celui ces cet cette ceux chaque chez comme comment contre
dans depuis derriere des deux devant doit dois donc dont elle elles encore entre est estce et ete
etes etre eux faire fait faites faut font grace hors ici ils jamais jour jusque juste laquelle
lequel les lesquels leur leurs lors lui mais meme memes mes mettre mieux mis moi moins mon nos notre
nous nouveau nouvelle ont par parce parmi partie pas pendant petit peu peut peuvent peux plus
plusieurs plutot pour pourquoi pouvez premier premiere presque pris prendre puis quand que quel
quelle quelles quels qui quoi quelque quelques rien sans savoir ses seul seule seulement sera ses si
sinon soi soit son sont sous souvent sur tant tel telle tes ton tous tout toute toutes tres trois
trop une vers veut veux voici voila voir vont vos votre vous apercu annonce bande complet episode
extrait integrale aux
"""

STOP_WORDS = frozenset(_ENGLISH.split()) | frozenset(_FRENCH.split())
"""Folded: without accents, in small letters."""
