"""A look-alike of Render: a workspace with its rules, and the API that shows and changes it."""
