"""The avatars that are live. Knows neither Streamlit nor browsers.

From the outside in:

    desk          all of them: the four verbs and stay, the limits, shutdown, figures
    visit         one visitor: the stages that are there, and what they show
    clicks        one click that is told twice (pure)
    session       one session: carries out what the machine decides, and tells it what came
    machine       what a session does next: one pure function
    events  life  what can happen and be done; what is known of a session (frozen values)
    state  turns  parts  limits    the tables: phases, turns, their parts, patience (pure)
    custody       opening a paid session safely, and its one end
    server_voice  speaks where the service takes no text
    service       the client, and how the service stood at its last call
    catalog       the faces and voices to choose from
    operator      the list of the page Sessions, and its ends
    audit         a line for each start, say, interrupt, end and limit
    janitor       keeps this server's entries on the ledger, and ends what others left
    ledger        the record that outlives the process: ledger_sqlite, ledger_redis
    owners        which servers live
"""
