"""Which Jenkins plugins the controller's image has, and what is known about them.

Used in three places, so it needs nothing but Python's standard library: ``make plugins`` resolves
the lock, the image's build installs it, and ``jenkins-platform check`` reports what is behind or
affected by a security advisory. ``versions``, ``update_center``, ``resolver``, ``lock`` and
``commons_lang`` are pure; ``files`` reads plugins that are given as files, ``sources`` the update
center, and ``install`` runs the plugin tool.
"""
