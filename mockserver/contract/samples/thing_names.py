"""What things of a kind are called and say: a product by its material, a course by its subject,
a review by a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from random import Random

_SUBJECTS = ("Botany", "Statistics", "Modern History", "Geometry", "Music Theory", "Chemistry", "Economics", "Ethics")
_STREETS = ("near the harbour", "by the old market", "with a view of the hills", "close to the station", "at the park")
_KINDS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "product": (("Oak", "Linen", "Ceramic", "Steel", "Walnut", "Glass", "Cotton", "Leather", "Copper", "Bamboo"),
                ("desk lamp", "tea pot", "armchair", "backpack", "bowl", "blanket", "notebook", "shelf", "kettle")),
    "course": (("Introduction to", "Advanced", "Applied", "Foundations of"), _SUBJECTS),
    "event": (("Spring", "Summer", "Autumn", "Winter", "Open-air"),
              ("concert", "fair", "conference", "reading", "marathon", "food market", "exhibition")),
    "article": (("How small towns", "Why local libraries", "What young farmers", "How night trains",
        "Where river ports"),
                ("are changing", "found new friends", "plan the next decade", "save energy", "grew this year")),
    "property": (("Bright", "Quiet", "Spacious", "Renovated", "Furnished"),
                 ("apartment", "studio", "family house", "loft", "terraced house"), _STREETS),
    "device": (("Greenhouse", "Cellar", "Rooftop", "Workshop", "Hallway", "Warehouse"),
               ("sensor", "meter", "controller", "camera", "gateway"), ("1", "2", "3", "4", "5")),
    "workout": (("Morning", "Evening", "Express", "Power", "Gentle"),
                ("yoga", "cycling", "pilates", "circuit", "boxing", "stretching")),
    "dish": (("Grilled", "Roasted", "Creamy", "Spicy", "Baked", "Fresh"),
             ("aubergine", "salmon", "mushroom risotto", "lentil soup", "chicken", "pear tart")),
    "task": (("Review", "Prepare", "Update", "Send", "Check", "Plan"),
             ("the monthly report", "the new contract", "the guest list", "the price list", "next week's shifts")),
    "ticket": (("Cannot open", "Wrong total on", "Slow loading of", "Missing entry in", "Duplicate row in"),
               ("the invoice page", "the weekly report", "the address book", "the order form", "the calendar")),
    "vehicle": (("Delivery", "Service", "Rental", "Pool"), ("van", "truck", "car", "bus"), ("1", "2", "3", "4", "5",
        "6")),
    "warehouse": (("North", "South", "East", "West", "Harbour", "Airport"), ("warehouse", "depot", "logistics centre")),
    "school": (("Hillside", "Riverside", "Oakfield", "St Mary's", "Lakeview"), ("Primary School", "High School",
        "College")),
    "hotel": (("Grand", "Old Mill", "Seaside", "Central", "Park"), ("Hotel", "Inn", "Lodge", "Guest House")),
    "restaurant": (("The Green", "The Old", "Little", "The Golden"), ("Olive", "Anchor", "Kitchen", "Lantern",
        "Table")),
    "book": (("The Silent", "A Distant", "The Last", "The Glass"), ("Harbour", "Garden", "Winter", "Orchard",
        "Letter")),
    "song": (("Midnight", "Paper", "Slow", "Golden"), ("Rain", "Trains", "Summer", "Lights", "Rivers")),
    "exercise": (("Back squat", "Bench press", "Deadlift", "Plank", "Lunge", "Pull-up", "Row", "Push-up"),),
    "plan": (("Basic", "Standard", "Plus", "Premium", "Team", "Family"),),
    "ingredient": (("Flour", "Olive oil", "Tomatoes", "Basil", "Butter", "Rice", "Lemon", "Garlic"),),
    "medication": (("Ibuprofen 400 mg", "Amoxicillin 500 mg", "Paracetamol 500 mg", "Cetirizine 10 mg"),),
    "subject": (("Mathematics", "Biology", "Geography", "English", "Physics", "History", "Art"),),
    "department": (("Sales", "Support", "Research", "Finance", "Logistics", "Marketing"),),
    "room": (("Room",), ("101", "102", "204", "12", "7", "310", "B2")),
    "service": (("Annual", "Standard", "Express", "On-site"), ("inspection", "maintenance", "cleaning",
        "consultation")),
    "campaign": (("Spring", "Back-to-school", "Winter", "Welcome"), ("sale", "newsletter", "offer", "campaign")),
    "pet": (("Bella", "Max", "Luna", "Charlie", "Milo", "Coco", "Rocky", "Daisy", "Oscar", "Ruby"),),
    "breed": (("Beagle", "Border Collie", "Siamese", "Maine Coon", "Poodle"),),
    "port": (("Rotterdam", "Piraeus", "Valencia", "Gdansk", "Marseille", "Trieste"),),
    "airport": (("Zurich Airport", "Lisbon Airport", "Oslo Airport", "Vienna Airport", "Lyon Airport"),),
    "airline": (("Northern", "Coastal", "Alpine", "Island"), ("Airways", "Wings", "Air")),
    "genre": (("Fantasy", "Crime", "Biography", "Jazz", "Documentary", "Comedy"),),
    "amenity": (("Wi-Fi", "Parking", "Balcony", "Lift", "Garden", "Dishwasher"),),
    "skill": (("Negotiation", "Welding", "Data analysis", "First aid", "Photography"),),
    "playlist": (("Sunday", "Road trip", "Focus", "Dinner"), ("mix", "songs", "classics")),
}  # fmt: skip
"""For each kind of thing the parts of its name, one after the other."""
_ALSO: Mapping[str, str] = {
    "item": "product", "good": "product", "sku": "product", "variant": "product", "lesson": "course", "class": "course",
    "lecture": "course", "seminar": "course", "conference": "event", "concert": "event", "session":
    "workout", "story": "article", "post": "article", "news": "article", "apartment": "property", "listing": "property",
    "flat": "property", "house": "property", "sensor": "device", "thermostat": "device",
    "meter": "device", "machine": "device", "training": "workout", "recipe":
    "dish", "meal": "dish", "menu": "dish", "todo": "task", "reminder": "task", "step": "task", "issue": "ticket",
    "bug": "ticket", "incident": "ticket", "case": "ticket", "car": "vehicle", "truck": "vehicle", "depot": "warehouse",
    "university": "school", "college": "school", "cafe": "restaurant", "bar": "restaurant", "track": "song", "film":
    "book", "movie": "book", "album": "song", "tariff": "plan", "membership": "plan", "subscription": "plan",
    "medicine": "medication", "drug": "medication", "prescription": "medication", "animal": "pet", "dog": "pet",
    "cat": "pet", "treatment": "service", "procedure": "service", "facility": "amenity",
    "discipline": "subject", "workshop": "event", "meetup": "event", "equipment": "device", "promotion": "campaign",
}  # fmt: skip
_TEXTS: Mapping[str, tuple[str, ...]] = {
    "review": ("Arrived on time and works as described.", "Good value, though the manual is short.",
               "Friendly people, I would come again.", "Smaller than expected, but well made."),
    "message": ("Could we move it to Thursday afternoon?", "Thanks, that answers my question.",
                "The documents are attached.", "I will be ten minutes late."),
    "comment": ("Agreed, let us do that.", "Could you add the figures of last month?", "Looks good to me.",
                "This happened again this morning."),
    "note": ("Called back, no further questions.", "Prefers to be reached by phone in the morning.",
             "Follow up in two weeks.", "All documents were complete."),
    "article": ("The council agreed on Tuesday to open the hall on weekends. The plan starts in May.",
                "Three schools share one kitchen since January. Fewer meals are thrown away.",
                "The line was closed for two years. From next week trains run every half hour again."),
    "ticket": ("It worked until yesterday. Since then the page stays empty after the second step.",
               "The total differs from the sum of the lines by one cent.",
                   "Seen by two people on different computers."),
    "person": ("Likes long walks and strong coffee.", "Ten years in the trade, and still curious.",
               "Grew up by the sea, works in the mountains.", "Teaches on Tuesdays and sails on Sundays."),
    "product": ("Made by hand from responsibly sourced material.", "Light, robust and easy to clean.",
                "Our bestseller for five years running.", "Folds flat, so that it fits any cupboard."),
    "property": ("Two minutes from the tram, with a south-facing balcony.", "Newly painted, with a fitted kitchen.",
                 "Top floor, quiet yard, cellar included."),
    "course": ("For beginners; no previous knowledge is needed.", "Weekly exercises and a project at the end.",
               "Lectures on Mondays, tutorials on Wednesdays."),
    "line": ("Consultation, one hour", "Materials", "On-site visit", "Setup fee", "Monthly service", "Delivery"),
    "transaction": ("Invoice payment", "Card purchase", "Monthly fee", "Refund of a deposit", "Salary"),
    "dish": ("Served with seasonal vegetables.", "Our cook's favourite.", "Vegetarian, with fresh herbs."),
    "event": ("Doors open half an hour before.", "Free entry for children under twelve.", "Please bring your ticket."),
    "service": ("Takes about an hour, tools included.", "By appointment only.", "Once a year, as the maker advises."),
    "shipment": ("Handle with care.", "Leave with the neighbour if nobody is in.", "Two pallets, stackable."),
    "task": ("Ask Finance for the latest figures first.", "Blocked until the contract is signed.",
        "Half a day of work."),
}  # fmt: skip
"""What a longer text about a thing of a kind says."""
_TOLD_AS: Mapping[str, str] = {
    "rating": "review", "feedback": "review", "testimonial": "review", "chat": "message", "email": "message",
    "notification": "message", "reply": "comment", "annotation": "note", "post": "article", "story": "article",
    "news": "article", "issue": "ticket", "bug": "ticket", "incident": "ticket", "case": "ticket",
        "listing": "property",
    "apartment": "property", "lesson": "course", "class": "course", "payment": "transaction",
    "transfer": "transaction", "charge": "transaction", "expense": "transaction", "recipe": "dish", "meal": "dish",
    "todo": "task", "parcel": "shipment", "delivery": "shipment", "cargo": "shipment",
}  # fmt: skip


def kind_of(words: Iterable[str]) -> str:
    """The kind that the last of these words tells of which there are names; empty where none does."""
    kinds = (_ALSO.get(one, one) for one in words)
    return next((one for one in kinds if one in _KINDS), "")


def name_of(kind: str, random: Random) -> str:
    """What a thing of that kind is called."""
    return " ".join(random.choice(part) for part in _KINDS[kind])


def text_about(words: Iterable[str], random: Random) -> str:
    """A sentence about a thing that is called so; empty where there is none for its kind."""
    kinds = ((one, _TOLD_AS.get(one, _ALSO.get(one, one))) for one in words)
    kind = next((each for pair in kinds for each in pair if each in _TEXTS), "")
    return random.choice(_TEXTS[kind]) if kind else ""
