"""The extension points, and who extends them."""
