"""The Redis transport, put right in one place: a message that cannot be acknowledged gives its place back.

A worker takes as many messages as it has places. Where the broker goes away just when one is to be acknowledged, the
transport logs that, and goes on counting the message as taken. Once all places are lost like this, the worker listens
no more, and nothing tells it so: no error, since it waits for nothing; no restart, since it runs. The message itself
comes back by its visibility timeout, and a task may run any number of times.
"""

from kombu.transport import redis, virtual


class QoS(redis.QoS):
    """Counts the messages that a worker has taken."""

    def ack(self, delivery_tag: str) -> None:
        try:
            super().ack(delivery_tag)
        except Exception:
            virtual.QoS.ack(self, delivery_tag)
            raise

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        try:
            super().reject(delivery_tag, requeue)
        except Exception:
            virtual.QoS.ack(self, delivery_tag)
            raise


class Channel(redis.Channel):
    QoS = QoS


class Transport(redis.Transport):
    Channel = Channel
