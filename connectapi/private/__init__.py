"""What only the user may read: files of the user's own, and the system's keyring."""
