"""What each key of a file is for, in the words that an editor shows beside it."""

from __future__ import annotations

TEXT = {
    "text": "The words, as most people read them.",
    "carer": "The words for somebody who answers for another person: “they” for “you”.",
    "invited": "The words for somebody who answers a clinic's link, and so has a visit already.",
    "carer_invited": "The words for a carer who answers a clinic's link.",
}
OPTION = {
    "id": "The name that rules use. Never change it while responses are kept.",
    "label": "What the person reads on the card.",
    "hint": "One line below the label that helps to decide.",
    "ask": "The question about this line alone, after “Not sure”; else the label with “?”.",
    "says": "Completes “You said you have ...” on the result.",
    "safety": "How careful the result must be at least, whatever the rules say.",
    "evidence": "Rows of evidence.yaml that say why this matters.",
    "informs": "`therapist`: only the therapist reads it, and no rule need.",
    "side": "On a body map: which side of the body shows this place.",
}
QUESTION = {
    "id": "The name that rules use. Never change it while responses are kept.",
    "type": "What an answer is: one option, several, places, 0 to 10, or a whole number.",
    "ask": "The question, as the person reads it.",
    "short": "The question in a few words, for the check page and the therapist.",
    "section": "Groups the check page; `section_NAME` in texts.yaml is its title.",
    "hint": "One line below the question that helps to answer it.",
    "why": "Why it is asked, for whoever opens “Why we ask”.",
    "options": "What can be answered, in the order shown.",
    "ordered": "`true`: the options stand in order and can be compared.",
    "none": "`true`, or a text: offers “None of these”, which stands alone.",
    "not_sure": "`true`, or a text: offers “Not sure”. It is never read as no.",
    "minimum": "The lowest number that can be answered.",
    "maximum": "The highest number that can be answered.",
    "unit": "What the number counts, such as years.",
    "low": "What 0 means.",
    "high": "What 10 means.",
    "worse": "In which direction an answer gets worse; a worse answer is never less urgent.",
    "enable_when": "Asked when this is yes or unknown; it names earlier questions only.",
    "evidence": "Rows of evidence.yaml that say why it is asked.",
    "private": "`true`: only the person sees the answer, never a clinic.",
    "optional": "`true`: the result offers it; without an answer it does not apply.",
    "clarify": "`true`: “Not sure” asks every line that is not ticked on its own.",
    "lasts": "`true`: the answer does not change by itself; who comes back may confirm it.",
}
FINDING = {
    "says": "The finding in words, as reasons name it.",
    "when": "The condition that has this name.",
}
RULE = {
    "id": "The name that cases use, and reasons lead to.",
    "when": "The condition. Of all rules that hold, the most urgent wins.",
    "recommend": "What is recommended when the condition is yes.",
    "because": "The reason that the person reads.",
    "evidence": "Rows of evidence.yaml that support this rule.",
    "if_unsure": "What an unknown condition gives; never more urgent than `recommend`.",
}
PRECAUTION = {
    "id": "The name of the precaution.",
    "when": "When it counts: yes or unknown. It never changes the recommendation.",
    "limits": "What it limits.",
    "therapist": "What the therapist reads.",
    "evidence": "Rows of evidence.yaml that support it.",
    "person": "What the person reads of it, where no doctor comes first.",
    "places": "Areas of the body map that it limits; without them, the whole body.",
}
SUPPORT = {
    "id": "The name of the support.",
    "when": "When the person is shown it: only when yes.",
    "headline": "Its title.",
    "lines": "Its sentences.",
    "evidence": "Rows of evidence.yaml that support it.",
    "alone": "`true`: a page of its own in place of the result.",
}
ADVICE = {
    "id": "The recommendation that these words are for.",
    "headline": "What the person reads first.",
    "do_now": "What to do now, step by step.",
    "expect": "What to expect.",
    "sooner": "When to seek help sooner.",
    "tell": "What to tell, or to ask.",
    "guide": "Pages of guide/ that help, by their names.",
    "requires": "Must be yes, or the recommendation does not count. Not on medical ones.",
    "requires_says": "The reason that `requires` gives.",
    "short": "Its name in a few words, as for a clinic.",
    "places": "On deep tissue work: the areas where it may be suggested.",
}
PROMISE = {
    "id": "The name of the promise.",
    "promise": "The promise in words.",
    "when": "For whom it is made; without it, for everybody.",
    "then": "What holds for them, whatever else they answer.",
    "asked": "What is asked of them: `question.option`, `question.not_sure` or `question`.",
    "evidence": "Rows of evidence.yaml that ask for it.",
}
THEN = {
    "urgency_at_least": "At least as urgent as this.",
    "pressure_at_most": "No more pressure than this: 0 none, 1 some, 2 deep.",
    "limits": "A precaution tells the therapist each of these limits.",
    "places": "The areas of the body map that `limits` speaks of; without them, the whole body.",
}
CASE = {
    "id": "The name of the case.",
    "title": "Who this is, in one line.",
    "answers": "What they answer: question ids to options, lists, numbers, `not_sure` or `[none]`.",
    "expected": "What they should be recommended.",
    "acceptable": "What would be right as well.",
    "never": "What would be unsafe.",
    "rule": "A rule that must be among those that decide.",
    "precautions": "Precautions that must be told, by their ids.",
}
CASES = {
    "cases": "Made-up people with what they should be recommended.",
    "usual": "What a case answers where it says nothing else: question ids to answers.",
}
SUMMARY = {
    "about": "Questions that say who the client is.",
    "pain": "Questions that say what the pain is like.",
    "helps": "Questions that say what helps, and what makes it worse.",
    "tried": "Questions that say what was tried.",
}
WAIVER = {
    "by": "The person who answers for it, by name.",
    "date": "Since when.",
    "why": "Why it may be served although it promises no emergency care.",
}
PROTOCOL = {
    "id": "The name of the protocol.",
    "title": "Its title, as people read it.",
    "version": 'Its version, in quotes: "2.0.0".',
    "date": "The day of this version.",
    "author": "Who wrote it.",
    "intended_purpose": "What it is for, and for whom.",
    "language": "The language of these files.",
    "languages": "Languages with a translation that is offered.",
    "audience": "Who it is for, as the start page says.",
    "therapist": "What the therapist is called in a sentence.",
    "carer_when": "The condition under which a carer answers for somebody else.",
    "start_asks": "The first question, which the start page already answers.",
    "minutes": "How many minutes it takes, as the start page says.",
    "withdraws": "Earlier versions with a fault: nobody goes on under one of them.",
    "waiver": "Who answers for serving a protocol that promises no emergency, or demands no words.",
    "summary": "What a therapist reads first, by part.",
}
RULES_FILE = {
    "rules": "What leads to which recommendation. The order never matters.",
    "findings": "Conditions with a name, so that several rules can share them.",
    "precautions": "What limits a treatment, without changing the recommendation.",
    "support": "What the person alone is shown.",
}
EVIDENCE = {
    "id": "The name that rules cite.",
    "claim": "What the source says.",
    "source": "Where that can be read.",
}
SAFETY_TEXTS = {
    "must_say": "What must appear in each safety text, in every form and language.",
    "never": "By language: words that must not appear in any text of medical advice.",
    "reviewed": "Who read the wording, newest last. `assessment check` prints the line to add.",
}
DEMAND = {
    "id": "The name that reports use.",
    "texts": "Texts by id, or lists of texts, of which one line must say it all.",
    "says": "Words that must appear there; of a list in it, any one will do.",
    "never": "Words that must not appear there.",
    "in": "The same in each other language.",
}
READ = {
    "date": "The day on which it was read.",
    "by": "Who read it: a clinician with their role, or “not yet reviewed by a clinician”.",
    "wording": "The hash that `assessment check` prints.",
}
