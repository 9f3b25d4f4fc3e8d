"""How records look on the network: the V4, V5 and V6 protocols, server and client."""
