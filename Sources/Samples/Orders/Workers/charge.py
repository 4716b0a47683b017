"""The activity `charge` in Python, beside `orders --without-charge`: charge.py BROKER-URL HUB DATA/orders.sqlite"""
import json, sqlite3, sys  # noqa: E401
import pika

url, hub, path = sys.argv[1:]
shop = sqlite3.connect(path, isolation_level=None, timeout=10)  # every statement is a transaction
channel = pika.BlockingConnection(pika.URLParameters(url)).channel()

def charge(key, card, amount):
    count = "INSERT INTO payment_attempts VALUES (?, 1) ON CONFLICT DO UPDATE SET count = count + 1 RETURNING count"
    [(attempt,)] = shop.execute(count, [key])
    if card == "declined":
        return "failed", {"type": "CardDeclined", "message": f"the card '{card}' was declined", "isNonRetriable": True}
    if card == "down" or card == "flaky" and attempt < 3:
        return "failed", {"type": "PaymentUnavailable", "message": "the bank does not answer", "isNonRetriable": False}
    shop.execute("INSERT OR IGNORE INTO charges (key, card, amount) VALUES (?, ?, ?)", [key, card, amount])  # once
    return "ok", {"receipt": f"receipt-{key}", "amount": amount}

channel.confirm_delivery()
channel.basic_qos(prefetch_count=8)
print("ready", flush=True)
for work, call, body in channel.consume(f"{hub}.activity.charge"):
    try:
        status, answer = charge(**json.loads(body))
    except Exception as error:  # a database that is busy may pass; input that makes no sense will not
        final = not isinstance(error, sqlite3.Error)
        status, answer = "failed", {"type": type(error).__name__, "message": str(error), "isNonRetriable": final}
    reply = pika.BasicProperties(correlation_id=call.correlation_id, headers={"warren-status": status}, delivery_mode=2)
    channel.basic_publish(f"{hub}.result", call.reply_to, json.dumps(answer), reply, mandatory=True)  # and confirmed
    channel.basic_ack(work.delivery_tag)
