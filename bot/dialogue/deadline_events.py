"""The words that name each event of a plan's story, from the request to a tribunal's order."""

import re

ASSESS = r"(?:(?:ehc[\s-]?(?:p|n)?\w*\s+)?(?:needs?\s+)?assess\w*|ehcna|ehc\s?na)"
REASSESS = r"(?<!['’])\bre[\s-]?assess\w*"
_A = r"(?:an?|the|his|her|my|our|their|him|us|for|to|carry\s+out|do|any|even)\s+"
_PLAN = r"(?:ehc\s?p(?:lan)?s?|ehc\s+plan|plan|echp)"
_REFUSE = (
    r"(?:refus\w*|reject\w*|declin\w*|turn(?:ed|ing)?\s+(?:\w+\s+)?down|sa(?:id|y|ys|"
    r"ying)\s+no(?:\s+to)?|no\s+to)(?:\s+(?:letter|decision))?"
)

_NO_REFUSAL = r"(?!refus|reject|declin|turn|no\b|not\b|say|saying)"
_TOLD_THEM = (
    r"(?:told|emailed|rang|phoned|wrote\s+to|said\s+to|let)\s+"
    r"(?:them|(?:the\s+|our\s+|my\s+)?(?:council|la|local\s+authority|caseworker|adviser|mediat\w+|sen\w*\s+team))"
)
_NOT_DENIED = r"(?<!n't )(?<!n’t )(?<!dont )(?<!not )(?<!didnt )"

# Events by their own words; the order settles ties. "ignore" marks a day on which nothing that counts happened.
_OWN_WORDS: tuple[tuple[str, str], ...] = (
    (
        "ignore",
        r"(?:rang|called|phoned|contacted|chased|spoke\s+to|emailed)\s+(?:the\s+|our\s+|"
        r"my\s+)?(?:mediat\w*(?:\s+\w+)?|caseworker|school)"
        rf"(?!\s+(?:\w+\s+){{0,4}}?(?:ask\w*|request\w*|for)\s+(?:\w+\s+){{0,3}}?{ASSESS})|holidays?\b|(?:ep|ed\s+psych\w*|psychologist|therapist)\s+(?:came|visit\w*|saw|met|assessed)|(?:sent|lodged|submitted|put\s+in|"
        r"posted|filed)\s+(?:in\s+|off\s+)?(?:my|our|the|an)\s+appeal|\blodged\b(?!\s+(?:the|our|"
        r"my)\s+(?:request|ehc))|\bappealed\b|complain\w*|stage\s+(?:one|two|1|2)\b|records\b|"
        r"subject\s+access|\bsar\b|\bfoi\b|referr\w*|diagnos\w*|letter\s+before|personal\s+budget|"
        r"payments?\b",
    ),
    ("exclusion", r"exclu(?:ded|sion)\w*|suspen\w+|expelled|off-?rolled"),
    ("certificate", r"certificate|certif\w*|\bcert\b"),
    (
        "mediation_refused",
        r"(?:refused|declined|said\s+no\s+to|turned\s+down|did(?:n'?t| not)\s+want|do(?:n'?t|"
        r" not)\s+want)\s+(?:the\s+)?mediation",
    ),
    (
        "mediation_asked",
        r"(?:asked|requested|request|applied|opted|signed\s+up|said\s+yes|agreed)\s+(?:for\s+|"
        r"to\s+)?(?:the\s+|have\s+|go\s+to\s+|book\s+|do\s+)*mediation|put\s+in\s+for\s+mediation|mediation\s+request|"
        rf"{_TOLD_THEM}[^.?!]{{0,40}}?{_NOT_DENIED}\b(?:want\w*|like|choose|chose|going\s+for|up\s+for|yes)\s+"
        r"(?:to\s+)?(?:the\s+|have\s+|go\s+to\s+|do\s+|try\s+|a\s+)*mediation",
    ),
    (
        "mediation_ended",
        r"(?:out\s+of|through\s+with)\s+mediation|"
        r"mediation\s+(?:(?:is|was|all|has|got)\s+)*(?:over|done|concluded|complete[d]?|wrapped|closed)|"
        r"mediation\s+(?:meeting|session|ended|finished|was|failed|took|happened|broke|day|is)|(?:had|"
        r"after|did|finished|ended)\s+(?:the\s+|our\s+|my\s+)?mediation|mediated",
    ),
    (
        "reassess_notice",
        rf"(?:agreed|agree|yes|will|going)\s+(?:{_A})*{REASSESS}|{REASSESS}\s+(?:(?:has|was|been|is|got)\s+)*"
        r"(?:agreed|granted|approved)",
    ),
    (
        "appeal_decision",
        rf"{_REFUSE}\s+(?:{_A})*{REASSESS}|{_REFUSE}\s+(?:{_A})*(?:\w+\s+)?(?:school|placement|college)\b"
        r"(?:\s+(?:i|we)\s+asked\s+for)?",
    ),
    (
        "reassess_request",
        rf"(?:ask(?:ed|ing)?|request(?:ed|ing)?|appl(?:ied|ication)|put\s+in|emailed|wrote)\s+"
        rf"(?:(?!refus|no\b)\w+\s+){{0,6}}?{REASSESS}|{REASSESS}\s+(?:request|form|application)",
    ),
    (
        "request_received",  # asked, sent or wrote, with an assessment as its object
        rf"(?:email|letter|form)\s+(?:asking|requesting|to\s+ask)\s+(?:{_NO_REFUSAL}\w+\s+){{0,4}}?{ASSESS}|"
        rf"(?:asked|requested|applied)\s+(?:(?!refus|no\b|re\b)\w+\s+){{0,5}}?{ASSESS}|"
        rf"(?<!they )(?<!council )(?<!la )\b(?:sent|emailed|e-mailed|posted|handed|filled|wrote|written|messaged|rang|"
        rf"phoned)\s+(?:{_NO_REFUSAL}\w+\s+){{0,6}}?(?:for|to\s+ask|asking|to\s+request|requesting|to\s+get)\s+"
        rf"(?:{_NO_REFUSAL}\w+\s+){{0,4}}?{ASSESS}",
    ),
    (
        "decision_not_to_assess",
        rf"{_REFUSE}\s+(?:{_A})*(?:request\s+|application\s+)?(?:{_A})*{ASSESS}|not\s+(?:going\s+)?to\s+assess|(?:won'?t|wouldn'?t|"
        rf"not)\s+assess\w*|\brta\b|{ASSESS}\s+(?:was\s+|been\s+)?(?:refused|rejected|declined|"
        rf"turned\s+down)|refusal\s+of\s+(?:{_A})*{ASSESS}",
    ),
    (
        "decision_no_plan",
        rf"{_REFUSE}\s+(?:{_A})*(?:issue\b|{_PLAN})|not\s+(?:going\s+)?to\s+issue|(?:won'?t|wouldn'?t|"
        r"not)\s+issu\w*|no[\s-]+plan\s+(?:letter|decision)|refusal\s+(?:to\s+issue|"
        rf"of\s+(?:{_A})*{_PLAN})|{_PLAN}\s+(?:was\s+|been\s+)?(?:refused|rejected|declined|turned\s+down)",
    ),
    (
        "decision_to_assess",
        rf"(?:agreed|yes|agree|will|going)\s+(?:{_A})*{ASSESS}|{ASSESS}\s+(?:was\s+|been\s+)?agreed|"
        r"said\s+yes|"
        r"(?:they|council|la|panel|and|have|has|had)\s+agreed\b",
    ),
    (
        "appeal_decision",
        rf"{_REFUSE}\s+(?:{_A})*(?:amend|change|maintain)\w*|(?:not|won'?t)\s+(?:to\s+)?(?:amend|maintain|"
        rf"change)|ceas(?:e|ed|ing)\b|(?:end|stop)(?:ing|ped|ped)?\s+(?:{_A})*{_PLAN}|"
        r"cease\s+to\s+maintain|not\s+amending",
    ),
    (
        "review_notice",
        r"review\s+letter|letter\b[^.?!]{0,40}?\b(?:will|want\s+to|plan\s+to|going\s+to|intend\w*\s+to)\s+(?:amend|change)\b|"
        r"notice\s+(?:to|of)\s+(?:proposed\s+)?(?:amend|finalise|changes?)\w*|proposed\s+(?:amendments?|"
        r"changes)|amendment\s+notice|(?:agreed|intend\w*|decided|going)\s+to\s+amend|amendment\s+letter|"
        r"notice\s+of\s+amend\w*",
    ),
    ("draft_served", rf"draft\w*|proposed\s+{_PLAN}|representations"),
    (
        "final_plan",
        rf"final(?:ised|ized)?\s+(?:amended\s+)?(?:ehc\s+)?(?:{_PLAN}|one|version|copy)|"
        rf"amended\s+(?:final\s+)?{_PLAN}|(?:was|got|been|they)\s+finali[sz]ed|finali[sz]ed|"
        r"\bfinal\b(?!\s+(?:appeal|legal|cut|date|day|deadline|hearing|warning|say))",
    ),
    ("recommendation", r"recommend\w*"),
    (
        "tribunal_order",
        r"order(?:ed|s)?\b|won\s+(?:at\s+|{a})*(?:send\s+)?(?:appeal|tribunal|case)|conced\w*|consent\s+order".replace(
            "{a}", _A
        ),
    ),
    (
        "decision_tribunal",
        r"tribunal(?:'?s)?\s+(?:decision|decided|ruling|ruled|said|judg\w*|sent|gave|dismiss\w*|reject\w*|turned)|lost\s+(?:at\s+|the\s+|"
        r"our\s+|my\s+|send\s+)*(?:appeal|tribunal|case|hearing)|appeal\s+(?:was\s+|got\s+)?dismissed|judgment",
    ),
    ("hearing", r"hearing"),
    (
        "appeal_served",
        r"appeal\s+(?:was\s+|got\s+|has\s+been\s+)?(?:registered|served|accepted|"
        r"sent\s+to\s+the\s+council)|registration\s+letter|tribunal\s+registered",
    ),
    ("consultation_received", r"consult\w*"),
    ("advice_asked", r"(?:asked|request\w*|sought)\s+(?:for\s+)?(?:the\s+)?(?:ep|ed\s+psych|advice|reports?)\b"),
    (
        "council_told_of_move",
        r"(?:told|informed|let)\s+(?:the\s+|our\s+|my\s+)?(?:old\s+)?(?:council|la|local\s+authority|"
        r"stockport)\b.{0,30}\bmov\w+",
    ),
    ("transfer_notice", r"new\s+(?:council|la)\s+(?:wrote|sent|letter)"),
    ("plan_transferred", rf"{_PLAN}\s+(?:was\s+)?(?:transferred|moved\s+over|passed\s+on)"),
    ("moved", r"\bmov(?:ed|ing|e)\b(?!\s+(?:up\b|on\s+(?!the\s+[0-9]|[0-9])))|new\s+house"),
    (
        "discrimination_act",
        r"discriminat\w*(?!\s+claim)|incident|treated\s+(?:badly|unfairly|worse)|left\s+(?:\w+\s+){0,4}?(?:out|off|behind)\b",
    ),
    (
        "review_meeting",
        r"(?:annual|emergency|early|interim|transition|yearly)\s+(?:ehcp?\s+)?reviews?(?:\s+meeting)?|"
        r"review\s+(?:meeting|was|held|took|on|is|at)|\breviewed\b|\breview\b|\ba\.?r\.?\s+(?:meeting|"
        r"was|held)|(?:the|an|his|her|our|my|last)\s+ar\b|(?:(?<!review )meeting(?!\s+with)|review\s+meeting)\b",
    ),
    (
        "request_received",
        r"(?:we|i|school|nursery|senco)\s+asked\b(?!\s+(?:for\s+)?(?:the\s+|an?\s+)?(?:mediat|re-?assess|"
        r"ep\b))|request(?:ed|s)?\b|appl(?:ied|ications?|ying)\b|"
        rf"asked\s+(?:\w+\s+){{0,3}}(?:for\s+)?(?:{_A})*(?:{ASSESS}|{_PLAN})|put\s+in\b|submitted|"
        rf"went\s+in\b|sent\s+(?:it\s+)?(?:off|in)\b|{ASSESS}\s+(?:sent|form|went)|(?:council|la|"
        r"they)\s+(?:got|received|had)\s+(?:it|my|our|the)\b|asked\s+for\s+(?:one|it)",
    ),
)
# Words that speak of a decision without saying which; `refined` asks the rest of the text.
_GENERIC = (
    r"letter|decision|refus\w*|reject\w*|turn(?:ed)?\s+(?:\w+\s+)?down|said\s+no|declin\w*|decided|"
    r"(?<!by )(?<!via )(?<!in an )(?<!an )(?<!my )\bemail\b|emailed\s+(?:me|us)|notified|\bno\s+came"
)
_LOOSE = (("decision", _GENERIC), ("dated", r"\bdated\b|\b(?:with|has|have|had|a|the)\s+date\b(?!\s+is)"))
CUES = tuple((trigger, re.compile(pattern, re.IGNORECASE)) for trigger, pattern in _OWN_WORDS + _LOOSE)

# Which order it was, where a message speaks of an order.
ORDER_KINDS = (
    ("order_school", r"school|section\s+i\b|placement|name"),
    ("order_amend", r"amend|section\s+[bf]\b|contents?|change|sections"),
    ("order_plan", rf"(?:issue|make|get|maintain|prepare)\s+(?:{_A})*{_PLAN}|\bplan\b|ehcp"),
    ("order_assess", r"assess"),
)
