"""The Sparkplug B payload as protobuf: those parts of the published schema, 3.0 of the specification, that are read.

What is inside of data sets, templates and extensions is not read: on the wire they are lengths and bytes, and are
declared so.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError
from google.protobuf.message_factory import GetMessageClass

from ingest.decoding.compressed import inflated
from plant.errors import Rejected

_PACKAGE = "assetloop.sparkplug"
_COMPRESSED = "SPBV1.0_COMPRESSED"  # stands in `uuid`; the payload is in `body`
_MOST_EXPANDED_BYTES = 4 * 2**20
_TYPES = {
    "bool": FieldDescriptorProto.TYPE_BOOL,
    "bytes": FieldDescriptorProto.TYPE_BYTES,
    "double": FieldDescriptorProto.TYPE_DOUBLE,
    "float": FieldDescriptorProto.TYPE_FLOAT,
    "string": FieldDescriptorProto.TYPE_STRING,
    "uint32": FieldDescriptorProto.TYPE_UINT32,
    "uint64": FieldDescriptorProto.TYPE_UINT64,
}
# Number, name and type of the fields of each message; `*` repeats, and what stands behind `|` is one of the values.
_MESSAGES = {
    "Payload": "1 timestamp uint64, 2 metrics *Metric, 3 seq uint64, 4 uuid string, 5 body bytes",
    "Metric": (
        "1 name string, 2 alias uint64, 3 timestamp uint64, 4 datatype uint32, 5 is_historical bool,"
        " 6 is_transient bool, 7 is_null bool, 8 metadata bytes, 9 properties PropertySet"
        "| 10 int_value uint32, 11 long_value uint64, 12 float_value float, 13 double_value double,"
        " 14 boolean_value bool, 15 string_value string, 16 bytes_value bytes, 17 dataset_value bytes,"
        " 18 template_value bytes, 19 extension_value bytes"
    ),
    "PropertySet": "1 keys *string, 2 values *PropertyValue",
    "PropertyValue": (
        "1 type uint32, 2 is_null bool"
        "| 3 int_value uint32, 4 long_value uint64, 5 float_value float, 6 double_value double,"
        " 7 boolean_value bool, 8 string_value string, 9 propertyset_value bytes, 10 propertysets_value bytes"
    ),
}


class DataType(IntEnum):
    """The type of a metric, by its number in Sparkplug's schema."""

    Unknown = 0
    Int8 = 1
    Int16 = 2
    Int32 = 3
    Int64 = 4
    UInt8 = 5
    UInt16 = 6
    UInt32 = 7
    UInt64 = 8
    Float = 9
    Double = 10
    Boolean = 11
    String = 12
    DateTime = 13
    Text = 14
    UUID = 15
    DataSet = 16
    Bytes = 17
    File = 18
    Template = 19

    @classmethod
    def name_of(cls, number: int) -> str:
        """Name a type, by its number where it is one that is not read.

        >>> DataType.name_of(9), DataType.name_of(31)
        ('Float', 'type 31')
        """
        return cls(number).name if number in cls._value2member_map_ else f"type {number}"


def _declared(name: str, fields: str) -> DescriptorProto:
    message = DescriptorProto(name=name)
    plain, _, values = fields.partition("|")
    if values:
        message.oneof_decl.add(name="value")
    for part, is_value in ((plain, False), (values, True)):
        for field in filter(None, part.split(",")):
            number, field_name, kind = field.split()
            added = message.field.add(name=field_name, number=int(number), label=FieldDescriptorProto.LABEL_OPTIONAL)
            if kind.startswith("*"):
                added.label = FieldDescriptorProto.LABEL_REPEATED
            kind = kind.lstrip("*")
            added.type = _TYPES.get(kind, FieldDescriptorProto.TYPE_MESSAGE)
            if kind not in _TYPES:
                added.type_name = f".{_PACKAGE}.{kind}"
            if is_value:
                added.oneof_index = 0
    return message


def _payload_class() -> Any:
    file = FileDescriptorProto(name="assetloop_sparkplug.proto", package=_PACKAGE, syntax="proto2")
    file.message_type.extend(_declared(name, fields) for name, fields in _MESSAGES.items())
    pool = DescriptorPool()
    pool.Add(file)
    return GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.Payload"))


Payload = _payload_class()


def parsed(payload: bytes) -> Any:
    """Parse a payload; one whose `uuid` says that it is compressed is expanded first, up to 4 MiB.

    What the metric `algorithm` says is not needed: gzip is known by its first bytes, the rest is DEFLATE.

    Raises:
        Rejected: `not_sparkplug`, or `bad_compression`, `expands_too_far` for a compressed one as a whole.
    """
    message = _parsed(payload)
    if message.uuid != _COMPRESSED:
        return message
    inner = _parsed(inflated(message.body, most_bytes=_MOST_EXPANDED_BYTES))
    if inner.uuid == _COMPRESSED:
        raise Rejected("bad_compression", "it is compressed twice")
    for name in ("seq", "timestamp"):
        if message.HasField(name) and not inner.HasField(name):
            setattr(inner, name, getattr(message, name))
    return inner


def _parsed(payload: bytes) -> Any:
    try:
        return Payload.FromString(payload)
    except DecodeError as error:
        raise Rejected("not_sparkplug", str(error)) from error
