"""What Jenkins and its plugins do with the platform's documents and scripts."""
