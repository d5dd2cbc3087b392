"""OAuth on both sides: credentials from a service outside for content, and signing in to this server itself."""
