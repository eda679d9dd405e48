"""The public endpoint for webhooks, and the queue in which they wait for Jenkins."""
