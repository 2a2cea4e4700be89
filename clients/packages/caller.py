import os

import exchange_client
from exchange.v1.node_service_pb2 import GetNodeRequest

with exchange_client.connect(os.environ["EXCHANGE_ADDRESS"], **exchange_client.credentials()) as client:
    print(client.node.GetNode(GetNodeRequest()).node.id)
