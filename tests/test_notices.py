"""A sent notice is the notice record's own mail, filled in from the record that it is about."""

from __future__ import annotations


def test_the_mail_is_the_notices_own_with_its_fields_filled_in(mock) -> None:
    email = {
        "from": "office@example.com",
        "from_name": "Registrar of {{number}}",
        "reply_to": "renewals@example.com",
        "bcc": "archive@example.com",
        "subject": "Number {{number}} runs out",
        "body": "Dear {{first_name}}, {{unknown}}yours is {{number}}: {{notices}}.",
    }
    mock.put("notices", {"id": "notice-own", "name": "Own", "is_active": True, "email": email})
    record = mock.client.get(f"/certifications/{mock.tenant}/cert-ada").json()
    reply = mock.client.post(f"/certifications/{mock.tenant}/sendNotice/notice-own/cert-ada")
    assert reply.status_code == 200
    mail = mock.outbox[-1]
    assert mail["subject"] == f"Number {record['number']} runs out"
    assert mail["body"].startswith(f"Dear {record['first_name']}, yours is {record['number']}: [")
    assert "'" not in mail["body"], "a list is shown as JSON"
    assert mail["to"] == record["email_address"]
    details = mail["details"]
    assert details["from_name"] == f"Registrar of {record['number']}"
    assert {name: details[name] for name in ("from", "reply_to", "bcc", "notice_id")} == {
        "from": "office@example.com",
        "reply_to": "renewals@example.com",
        "bcc": "archive@example.com",
        "notice_id": "notice-own",
    }
