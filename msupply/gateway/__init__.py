"""Between the network and Django: no line, however slow, keeps one of the few threads waiting.

The event loop takes a request's whole body in (`receiving`), within bounds (`bounds`). Only then one
of a fixed number of threads runs the WSGI application on it (`wsgi`), to the end of its answer. The
event loop sends that (`sending`). `application` puts these together, `server` is the group of
processes that runs it. Nothing here knows what is served.
"""
