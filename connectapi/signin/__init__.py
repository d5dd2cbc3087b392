"""Signing people and CIs in to servers from 2026.06, which are OAuth 2.1 authorization servers."""
