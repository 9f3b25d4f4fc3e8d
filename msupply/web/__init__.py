"""The screens: server-rendered pages with HTMX. Rules live in services; pages only show and ask."""
