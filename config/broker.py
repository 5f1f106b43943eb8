"""The Redis transport, put right in three places.

A message that cannot be acknowledged gives its place back. A worker takes as many messages as it has places. Where the
broker goes away just when one is to be acknowledged, the transport logs that, and goes on counting the message as
taken. Once all places are lost like this, the worker listens no more, and nothing tells it so: no error, since it waits
for nothing; no restart, since it runs. The message itself comes back by its visibility timeout, and a task may run any
number of times.

A key of ours that somebody else has written with another type of value is deleted: a worker would end with an error at
every start. What is lost with it are doorbells, which are rung again.

What stands in our queue and is no message of Celery's is dropped with a line in the log; it would end the worker, too.
"""

import functools
import logging
from collections.abc import Callable, Mapping
from queue import Empty
from typing import Any

from django.conf import settings
from kombu.transport import redis, virtual
from redis.exceptions import ResponseError

logger = logging.getLogger(__name__)


def on_keys_of_ours(method: Callable[..., Any]) -> Callable[..., Any]:
    """Once more after the keys of a wrong type are gone. For methods of a channel, or of what has one."""

    @functools.wraps(method)
    def healed(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return method(self, *args, **kwargs)
        except ResponseError as error:
            getattr(self, "channel", self).delete_foreign_keys(error)
            return method(self, *args, **kwargs)

    return healed


class QoS(redis.QoS):
    """Counts the messages that a worker has taken."""

    append = on_keys_of_ours(redis.QoS.append)
    restore_visible = on_keys_of_ours(redis.QoS.restore_visible)

    def ack(self, delivery_tag: str) -> None:
        try:
            on_keys_of_ours(redis.QoS.ack)(self, delivery_tag)
        except Exception:
            virtual.QoS.ack(self, delivery_tag)
            raise

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        try:
            on_keys_of_ours(redis.QoS.reject)(self, delivery_tag, requeue)
        except Exception:
            virtual.QoS.ack(self, delivery_tag)
            raise


class Channel(redis.Channel):
    QoS = QoS

    def _brpop_read(self, **options: Any) -> Any:
        try:
            return super()._brpop_read(**options)  # type: ignore[misc]  # not in the stubs, as others here
        except ResponseError as error:
            self.delete_foreign_keys(error)
            raise Empty from None
        except (ValueError, RecursionError):  # no JSON, no text, or nested without an end
            logger.exception("dropped from the queue: not a message")
            raise Empty from None

    def delete_foreign_keys(self, error: ResponseError) -> None:
        """Delete our keys whose values have another type than ours. Raises any other error again."""
        if "WRONGTYPE" not in str(error):
            raise error
        bindings: dict[str, bytes] = {}
        queues: dict[str, bytes] = {}
        for queue in (settings.CELERY_TASK_DEFAULT_QUEUE, *self.active_queues):
            bindings[self.keyprefix_queue % queue] = b"set"
            queues |= {self._q_for_pri(queue, step): b"list" for step in self.priority_steps}  # type: ignore[attr-defined]
        own = {self.unacked_key: b"hash", self.unacked_index_key: b"zset", self.unacked_mutex_key: b"string"}
        wanted = {**own, **bindings, **queues}
        for name, kind in wanted.items():
            if self.client.type(self.global_keyprefix + name) not in (kind, b"none"):
                self.client.delete(name)
                logger.warning(
                    "deleted the key %s%s, which another application had written", self.global_keyprefix, name
                )


for _name in ("_size", "_put", "_queue_bind", "get_table"):
    setattr(Channel, _name, on_keys_of_ours(getattr(redis.Channel, _name)))


class Transport(redis.Transport):
    Channel = Channel

    def _deliver(self, message: Any, queue: str | None) -> None:
        if _is_message(message):
            super()._deliver(message, queue)
        else:
            logger.error("dropped from the queue: not a message")


def _is_message(found: Any) -> bool:
    """Has it what the consumer takes for granted?"""
    if not isinstance(found, Mapping) or not isinstance(found.get("headers"), Mapping):
        return False
    properties = found.get("properties")
    if not isinstance(properties, Mapping) or not isinstance(properties.get("delivery_info"), Mapping):
        return False
    if properties.get("body_encoding") not in (None, "base64"):
        return False
    route = properties["delivery_info"]
    texts = (found.get("body"), properties.get("delivery_tag"), route.get("exchange"), route.get("routing_key"))
    return all(isinstance(text, str) for text in texts)
