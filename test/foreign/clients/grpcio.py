"""
Calls a gRPC server as any Python program can: with grpcio and a compiled descriptor set.

Usage: grpcio.py TARGET DESCRIPTOR_SET. Reads one call per line from stdin and answers it with one
line on stdout; `../foreign-client.ts` has the shape of both.
"""

import json
import sys

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory


def main(target, descriptor_set):
    pool = load_pool(descriptor_set)
    with grpc.insecure_channel(target) as channel:
        for line in sys.stdin:
            outcome = answer(pool, channel, json.loads(line))
            print(json.dumps(outcome), flush=True)


def load_pool(path):
    files = descriptor_pb2.FileDescriptorSet()
    with open(path, "rb") as image:
        files.ParseFromString(image.read())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    return pool


def message_class(pool, descriptor):
    # protobuf 4.22 replaced the factory by a function.
    if hasattr(message_factory, "GetMessageClass"):
        return message_factory.GetMessageClass(descriptor)
    return message_factory.MessageFactory(pool).GetPrototype(descriptor)


def answer(pool, channel, asked):
    responses = []
    try:
        for response in responses_of(pool, channel, asked):
            responses.append(to_json(pool, response))
            if len(responses) == asked.get("take"):
                break
    except grpc.RpcError as error:
        details = details_of(pool, error)
        return outcome(error.code().name, responses, error.details(), details)
    return outcome("OK", responses)


def outcome(status, responses, message="", details=()):
    return {
        "status": status,
        "message": message,
        "responses": responses,
        "details": list(details),
    }


def responses_of(pool, channel, asked):
    service, name = asked["method"].split("/")
    method = pool.FindServiceByName(service).methods_by_name[name]
    # The flags of streaming are in the file, not in the descriptor, of protobuf 4.
    proto = descriptor_pb2.MethodDescriptorProto()
    method.CopyToProto(proto)
    request_class = message_class(pool, method.input_type)
    kind = ("stream" if proto.client_streaming else "unary") + (
        "_stream" if proto.server_streaming else "_unary"
    )
    call = getattr(channel, kind)(
        "/" + asked["method"],
        request_serializer=request_class.SerializeToString,
        response_deserializer=message_class(pool, method.output_type).FromString,
    )
    requests = [
        json_format.ParseDict(unmarked(request), request_class(), descriptor_pool=pool)
        for request in asked["requests"]
    ]
    result = call(
        iter(requests) if proto.client_streaming else requests[0],
        timeout=asked["deadlineMs"] / 1000,
        metadata=tuple(asked["metadata"].items()),
    )
    return result if proto.server_streaming else [result]


def unmarked(value):
    """What is marked as free JSON is that JSON."""
    if isinstance(value, list):
        return [unmarked(item) for item in value]
    if not isinstance(value, dict):
        return value
    return value["$json"] if "$json" in value else {k: unmarked(v) for k, v in value.items()}


def details_of(pool, error):
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            status_class = message_class(pool, pool.FindMessageTypeByName("google.rpc.Status"))
            return to_json(pool, status_class.FromString(value))["details"]
    return []


def to_json(pool, message):
    return json_format.MessageToDict(message, descriptor_pool=pool)


main(*sys.argv[1:])
