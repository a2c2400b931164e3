"""The office: chat API, chat page, inbox and health, as one Starlette app."""
