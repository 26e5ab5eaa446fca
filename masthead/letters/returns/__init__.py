"""How bounces and complaints come in: by webhooks of providers and from a mailbox of delivery reports."""
