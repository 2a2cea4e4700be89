// Watches how placements stand, by the publisher's own job code: watch_confirmations TOKEN_FILE [COUNT].
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/signal"
	"strconv"

	"example.org/exchange"
	pb "example.org/exchange/gen/exchange/v1"
)

var (
	token     = exchange.FileToken(os.Args[1])
	left      = -1
	ctx, stop = signal.NotifyContext(context.Background(), os.Interrupt)
)

// readme: confirmations
// apply: write the new state to your own system here. The token is saved after this has returned.
func apply(response *pb.WatchPlacementsResponse) error {
	switch event := response.Event.(type) {
	case *pb.WatchPlacementsResponse_Placement:
		placement, day := event.Placement, event.Placement.StateDate
		return tell(fmt.Sprintf("%s %s %04d-%02d-%02d",
			placement.VacancySourceId, placement.State, day.GetYear(), day.GetMonth(), day.GetDay()))
	case *pb.WatchPlacementsResponse_Removed:
		return tell("- a placement")
	default:
		return tell("= the snapshot is complete: drop what it didn't contain")
	}
}

func run() error {
	options, err := exchange.OptionsFromEnvironment()
	if err != nil {
		return err
	}
	client, err := exchange.Connect(os.Getenv("EXCHANGE_ADDRESS"), options)
	if err != nil {
		return err
	}
	defer client.Close()
	startOver := func() error { return tell("= a snapshot begins") }
	return client.WatchPlacements(ctx, nil, token, startOver, apply)
}

// readme: end

func tell(line string) error {
	fmt.Println(line)
	if left--; left == 0 {
		stop()
	}
	return nil
}

func main() {
	if len(os.Args) > 2 {
		left, _ = strconv.Atoi(os.Args[2])
	}
	if err := run(); err != context.Canceled {
		log.Fatal(err)
	}
}
