"""The words that offices choose from: topics, services, categories with their versions."""
