"""Whether an avatar will work here, told in a minute: the real path once, and what to do if not.

Knows no Streamlit. From the outside in:

    __main__     in a terminal: `python -m preflight`
    server       the preflights of one server: one at a time
    run          one preflight: each step
    steps        the table of the steps, and the result of each (pure)
    failures     the sentences: what went wrong, what to do
    report       all of it as a text to be sent to somebody
    network      whether the service can be reached
    relays       the ways to a relay (pure)
    sightings    what a viewer saw: a browser (components/preflight), or
    peer         this process itself, through aiortc
"""
