"""The avatars that are live. Knows neither Streamlit nor browsers.

From the outside in, as a reader would go:

    desk          all of them: the four verbs and stay, the limits, shutdown, figures
    visit  view   one visitor: the stages that are there, and what they show
    session       one session: create, its duties, its one end
    saying        its turns, handed over one at a time, part by part; retries
    hearing       what is heard of the one that the service has, until it has ended
    interrupts    its interrupts
    own_voice     this server's voice, where the service takes no text
    keep_alive    its keep-alives
    present       its state, and the one place where that changes
    state  turns  parts  limits    the tables: phases, turns, their parts, patience (pure)
    service       the client, and how the service stood at its last call
    catalog       the faces and voices to choose from
    operator      what the page Sessions lists and ends
    audit         a line for each start, say, interrupt, end and limit
    janitor       keeps this server's entries on the ledger, and ends what others left
    ledger        the record that outlives the process: ledger_sqlite, ledger_redis
    owners        which servers live
"""
