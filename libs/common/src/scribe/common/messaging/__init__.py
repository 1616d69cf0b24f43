"""NATS JetStream: the connection, what is declared on the server, pulling, publishing and key-value buckets."""
