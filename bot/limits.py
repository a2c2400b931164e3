"""Every limit in one place, each with the reason or the source of its figure."""

# --- Content (issue: answers parents can rely on; measured with bot/knowledge/readability.py) ---
MAX_SHORT_WORDS = 80  # a short answer stands alone on a phone screen
MAX_SHORT_GRADE = 7.5  # Flesch-Kincaid; grade 6 is about reading age 11, single entries may be a little above
MAX_MEAN_SHORT_GRADE = 6.5  # the mean over all entries
MAX_STEP_WORDS = 30
MIN_PHRASINGS = 40  # below this the selector's accuracy falls off (docs/evaluation.md)
MIN_PHRASINGS_OTHER = 12  # intents that are not answers
NEAR_DUPLICATE = 0.92  # likeness (character 3-grams, Jaccard) above which two phrasings are the same

# --- Messages from people ---
MAX_MESSAGE_CHARS = 4000  # a long story is about 2,000; beyond this nobody reads it on a phone
MAX_BODY_BYTES = 64 * 1024  # 4,000 characters of four bytes each, JSON-escaped, with room
MAX_TURNS_A_MINUTE = 20  # one person types no faster
MAX_TURNS_A_MINUTE_PER_ADDRESS = 120  # a school or a household behind one address
SESSION_LIFE_DAYS = 30  # as long as a conversation without a case is kept

# --- Privacy (docs/privacy.md) ---
CONVERSATION_DAYS = 30
CLOSED_CASE_DAYS = 365

# --- Telegram Bot API (core.telegram.org/bots/api and /bots/faq) ---
TELEGRAM_MESSAGE_UNITS = 4096  # UTF-16 code units after entities are parsed
TELEGRAM_CALLBACK_BYTES = 64
TELEGRAM_CHAT_PER_SECOND = 1
TELEGRAM_ALL_PER_SECOND = 30

# --- Evidence (docs/evidence.md) ---
SUPPRESS_BELOW = 5
