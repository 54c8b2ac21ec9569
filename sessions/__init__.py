"""The avatars that are live. Knows neither Streamlit nor browsers.

From the outside in:

    desk          all of them: the four verbs and stay, the limits, shutdown, figures
    visit         one visitor: the session, the connected stages, the view they show
    clicks        one click that is told twice (pure)
    session       one session: carries out the machine's effects, and reports back
    machine       what a session does next: one pure function
    events  life  the machine's input and output; its state (frozen values)
    state  turns  parts  limits    phases, turns, their parts, limits and patience (pure)
    custody       opening a paid session safely, and its one end
    server_voice  speaks the turns of a service that takes no text
    service       the client, and how the service stood at its last call
    catalog       the faces and voices to choose from
    operator      the list of the page Sessions
    audit         a line for each start, say, interrupt, end and limit
    janitor       keeps this server's entries on the ledger, and takes over dead servers'
    ledger        the record that outlives the process: ledger_sqlite, ledger_redis
    owners        which servers live
"""
