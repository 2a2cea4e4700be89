package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"example.org/exchange"
	pb "example.org/exchange/gen/exchange/v1"
)

func main() {
	options, err := exchange.OptionsFromEnvironment()
	if err != nil {
		log.Fatal(err)
	}
	client, err := exchange.Connect(os.Getenv("EXCHANGE_ADDRESS"), options)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	response, err := client.Node.GetNode(context.Background(), &pb.GetNodeRequest{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(response.Node.Id)
}
