"""What an operator does from a shell in a gateway's pod: dead letters, streams, consumers, checks of everything."""
