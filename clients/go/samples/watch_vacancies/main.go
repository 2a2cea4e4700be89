// Watches vacancies: watch_vacancies TOKEN_FILE [COUNT]. Ends after COUNT lines; without it, with ctrl-C.
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

// readme: watch
// apply: write what happened to your own system here. The token is saved after this has returned.
func apply(response *pb.WatchVacanciesResponse) error {
	switch event := response.Event.(type) {
	case *pb.WatchVacanciesResponse_Vacancy:
		return tell("+ " + event.Vacancy.ExternalKey.SourceId + " " + event.Vacancy.Vacancy.Title)
	case *pb.WatchVacanciesResponse_Removed:
		return tell("- a vacancy")
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
	return client.WatchVacancies(ctx, &pb.VacancyFilter{Source: "dongguan-hr"}, token, startOver, apply)
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
