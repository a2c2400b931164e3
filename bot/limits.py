"""Every limit in one place, each with the reason or the source of its figure."""

# --- Content (issue: answers parents can rely on; measured with bot/knowledge/readability.py) ---
MAX_SHORT_WORDS = 80  # a short answer stands alone on a phone screen
MAX_SHORT_GRADE = 7.5  # Flesch-Kincaid; grade 6 is about reading age 11, single entries may be a little above
MAX_MEAN_SHORT_GRADE = 6.5  # the mean over all entries
MAX_STEP_WORDS = 30
MAX_ASKED_WORDS = 45  # an answer to a narrower question stands before the short answer
MAX_ASKED_GRADE = 9.0  # single sentences swing the measure more than a whole answer does
MIN_PHRASINGS = 40  # below this the selector's accuracy falls off (docs/evaluation.md)
MIN_PHRASINGS_OTHER = 12  # intents that are not answers
NEAR_DUPLICATE = 0.92  # likeness (character 3-grams, Jaccard) above which two phrasings are the same

# --- Messages from people ---
MAX_MESSAGE_CHARS = 4000  # a long story is about 2,000; beyond this nobody reads it on a phone
MAX_BODY_BYTES = 64 * 1024  # 4,000 characters of four bytes each, JSON-escaped, with room
MAX_TURNS_A_MINUTE = 20  # one person types no faster
MAX_TURNS_A_MINUTE_PER_ADDRESS = 120  # a school or a household behind one address
EVENT_WATCH_SECONDS = 2.0  # how late a caseworker's reply may appear on an open page
EVENT_SILENCE_SECONDS = 30.0  # how long PostgreSQL may say nothing before an office looks by itself
LISTEN_AGAIN_SECONDS = 1.0  # before a broken connection that listens is made again
EVENT_STREAM_SECONDS = 600  # then the page asks anew, so that no stream outlives its welcome
EVENT_PING_SECONDS = 15  # proxies close what is silent for a minute or less
EVENT_STREAMS_PER_CONVERSATION = 6  # tabs of one parent
SESSION_LIFE_DAYS = 30  # as long as a conversation without a case is kept

# --- The office's own web (docs/settings.md) ---
ENGINE_SECONDS = 20  # a turn takes well under one; after this a parent must be told rather than left waiting
ENGINE_CONNECT_SECONDS = 2  # on loopback or in a private network
ENGINE_KEPT_SECONDS = (
    3  # for how long an idle connection is kept; Sanic closes after 5, and one must not ask on a closing one
)
TURNS_AT_ONCE = 12  # in one engine: it works on one at a time, the others hide the way there and back
TURNS_WAITING = (
    150  # for each engine, in one office: about five seconds' wait at 30 turns a second (docs/performance.md)
)
BUSY_SECONDS = (4, 9)  # when to come back beyond that: once or twice as long as the queue takes to empty
ENGINE_AVOID_SECONDS = 10  # an engine that could not be connected to is asked again after this
HEADER_SECONDS = 10  # the few hundred bytes of a request's head, on the worst signal
UNREAD_SECONDS = 60  # an answer that nobody takes for this long
MAX_CONNECTIONS = 2000  # about 60 MB; beyond it a request is refused at once rather than all becoming slow
BODY_SECONDS = 20  # 64 KB on one bar of signal; a client slower than this only holds a place
MAX_HISTORY_TURNS = 200  # what one page shows; far longer than any conversation seen
LIVE_TURNS = 500  # replies kept whole in memory, so that a file just made can still be fetched
NEW_SESSIONS_A_MINUTE_PER_ADDRESS = 20  # a classroom of parents at an open evening
CASES_AN_HOUR_PER_ADDRESS = 10  # by the plain form: an advice session behind one address
FEEDBACK_A_MINUTE_PER_ADDRESS = 20  # a household or a drop-in at the library behind one address
MAX_SEARCH_CHARS = 200  # a long sentence; beyond it a search finds nothing better
SEARCH_RESULTS = 10
LOGIN_TRIES_PER_ACCOUNT = 5  # OWASP Authentication Cheat Sheet: throttle by account and by address
LOGIN_TRIES_PER_ADDRESS = 20
LOGIN_WINDOW_MINUTES = 15
STAFF_IDLE_MINUTES = 30  # OWASP Session Management: 15 to 30 minutes for what holds health data
STAFF_SESSION_HOURS = 10  # one working day
INDEX_SECONDS = 60  # how often new cases are looked for to be searched and counted; a page looks too
MAX_REPLY_CHARS = 10_000  # a caseworker's reply or note: two pages
SECOND_FACTOR_MINUTES = 10  # between the password and the code of the second factor
PROVIDER_MINUTES = 10  # to sign in at the organisation's own provider and come back
PROVIDER_SECONDS = 10  # one request to that provider
PROVIDER_LEEWAY_SECONDS = 60  # how far its clock may be out
RECOVERY_CODES = 10  # on one sheet of paper
TIDY_SECONDS = 3600  # how often conversations past their days are looked for
MIN_PASSWORD_CHARS = 12  # NCSC: length over complexity
MAX_PASSWORD_CHARS = 1000  # what is hashed of a longer one, so that nobody makes the server hash a book

# --- Privacy (docs/privacy.md) ---
CONVERSATION_DAYS = 30
GAP_DAYS = (
    90  # questions kept to learn from, without personal details: one round of writing answers, and the next to check
)
CLOSED_CASE_DAYS = 365

# --- Telegram Bot API (core.telegram.org/bots/api and /bots/faq) ---
TELEGRAM_MESSAGE_UNITS = 4096  # UTF-16 code units after entities are parsed
TELEGRAM_CALLBACK_BYTES = 64
TELEGRAM_CHAT_PER_SECOND = 1
TELEGRAM_ALL_PER_SECOND = 30
TELEGRAM_CAPTION_UNITS = 1024
TELEGRAM_UPDATE_BYTES = (
    512 * 1024
)  # an update quotes the message it answers, with all entities; refusing one stops the queue
TELEGRAM_LATE_MINUTES = 10  # an answer later than this says sorry for the wait
TELEGRAM_UPDATES_KEPT_DAYS = 7  # Telegram repeats an update for at most a day; numbers only are kept
TELEGRAM_TRIES = 3  # an update that breaks us this often is answered with an apology
TELEGRAM_LONGEST_PAUSE_SECONDS = 60  # between tries while Telegram cannot be reached
TELEGRAM_RELAY_SECONDS = 2  # how soon a caseworker's reply is noticed
TELEGRAM_TYPING_SECONDS = 4  # Telegram shows "typing" for five
TELEGRAM_TURNS_AT_ONCE = 8  # turns in the engine at the same time, so that a backlog leaves room for the website

# --- Evidence (docs/evidence.md) ---
SUPPRESS_BELOW = 5
LEAST_SUPPRESS_BELOW = 3  # below it, one of two families could work out the other
MOST_SUPPRESS_BELOW = 100

# --- Cases (bot/cases) ---
CODE_TRIES = 5  # wrong codes for one case before it is locked: 5 an hour of 100 million codes
CODE_LOCK_MINUTES = 60
OUTBOX_TRIES = 18  # with back-off about 56 hours, so that a weekend without a mail server loses nothing
OUTBOX_FIRST_RETRY_SECONDS = 60
OUTBOX_LONGEST_RETRY_SECONDS = 6 * 3600
OUTBOX_LEASE_SECONDS = 600  # longer than any delivery; after this a worker that took a row and died is given up
DELIVERY_SECONDS = 30  # one SMTP conversation or one webhook call
OUTBOX_KEPT_DAYS = 30  # delivered rows, for looking up what was sent
