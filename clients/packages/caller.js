const { connect, credentials } = require("exchange-client");

const client = connect(process.env.EXCHANGE_ADDRESS, credentials());
client.node.getNode({}).then(({ node }) => {
  console.log(node.id);
  client.close();
});
