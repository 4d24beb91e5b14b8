"""The screen: the only part of Sentinel that knows Textual and plotext."""
