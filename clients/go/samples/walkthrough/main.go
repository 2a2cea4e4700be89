// From nothing to a resumed stream of vacancies in one go, with what can go wrong on the way.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"

	"example.org/exchange"
	pb "example.org/exchange/gen/exchange/v1"
)

const (
	open   = pb.VacancyStatus_VACANCY_STATUS_OPEN
	filled = pb.VacancyStatus_VACANCY_STATUS_FILLED
)

func item(job, title string, status pb.VacancyStatus, etag string) *pb.PublishVacancyItem {
	return &pb.PublishVacancyItem{
		ExternalKey: &pb.ExternalKey{Source: "walkthrough", SourceId: job}, Etag: etag,
		Vacancy: &pb.Vacancy{Title: title, WorkPlace: &pb.Place{Words: "东莞"}, Status: status},
	}
}

func publish(client *exchange.Client, stream string, items ...*pb.PublishVacancyItem) ([]*pb.PutRecordAnswer, error) {
	var answers []*pb.PutRecordAnswer
	itemsAfter := func(number uint64) exchange.Next {
		return func() (*pb.PublishVacancyItem, error) {
			if number == uint64(len(items)) {
				return nil, io.EOF
			}
			number++
			return items[number-1], nil
		}
	}
	err := client.PublishVacancies(context.Background(), "walkthrough", stream, itemsAfter,
		func(_ *pb.PublishVacancyItem, answer *pb.PutRecordAnswer) error {
			answers = append(answers, answer)
			return nil
		})
	return answers, err
}

// watch watches until so many lines were told.
func watch(client *exchange.Client, token exchange.TokenStore, count int) error {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	tell := func(line string) error {
		fmt.Println("   " + line)
		if count--; count == 0 {
			stop()
		}
		return nil
	}
	apply := func(response *pb.WatchVacanciesResponse) error {
		switch event := response.Event.(type) {
		case *pb.WatchVacanciesResponse_Vacancy:
			return tell("+ " + event.Vacancy.ExternalKey.SourceId + " " + event.Vacancy.Vacancy.Title)
		case *pb.WatchVacanciesResponse_Removed:
			return tell("- a vacancy")
		default:
			return tell("= complete")
		}
	}
	filter := &pb.VacancyFilter{Source: "walkthrough", Statuses: []pb.VacancyStatus{open}}
	err := client.WatchVacancies(ctx, filter, token, func() error { return tell("= begins") }, apply)
	if err == context.Canceled {
		return nil
	}
	return err
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

	fmt.Println("1. Two vacancies are published. Each is answered by itself.")
	answers, err := publish(client, "first", item("JOB-1", "鞋厂普工", open, ""), item("JOB-2", "焊工", open, ""))
	if err != nil {
		return err
	}
	created := 0
	for _, answer := range answers {
		if answer.Created {
			created++
		}
	}
	fmt.Printf("   %d are new\n", created)

	fmt.Println("2. The same stream is published again, as after a crash. Nothing is sent twice.")
	again, err := publish(client, "first", item("JOB-1", "鞋厂普工", open, ""), item("JOB-2", "焊工", open, ""))
	if err != nil {
		return err
	}
	fmt.Printf("   %d were sent\n", len(again))

	fmt.Println("3. A watch without a token begins with a snapshot.")
	token := exchange.NewMemoryToken("")
	if err := watch(client, token, 4); err != nil {
		return err
	}

	fmt.Println("4. One is filled and one is new. The watch goes on from its token and tells only that.")
	if _, err = publish(client, "second", item("JOB-1", "鞋厂普工", filled, ""), item("JOB-3", "质检员", open, "")); err != nil {
		return err
	}
	if err := watch(client, token, 2); err != nil {
		return err
	}

	fmt.Println("5. Somebody updates from an old version and is refused.")
	read, err := client.Vacancies.GetVacancy(context.Background(), &pb.GetVacancyRequest{Id: answers[1].Id})
	if err != nil {
		return err
	}
	if _, err = publish(client, "third", item("JOB-2", "焊工（夜班）", open, read.Vacancy.Etag)); err != nil {
		return err
	}
	late, err := publish(client, "fourth", item("JOB-2", "电焊工", open, read.Vacancy.Etag))
	if err != nil {
		return err
	}
	fmt.Println("   " + exchange.OfStatus(late[0].Error).Reason)

	fmt.Println("6. What isn't there is an error with a reason.")
	_, err = client.Vacancies.GetVacancy(
		context.Background(), &pb.GetVacancyRequest{Id: "019a0000-0000-7000-8000-000000000000"})
	var failure *exchange.Error
	if !errors.As(err, &failure) {
		return err
	}
	fmt.Println("   " + failure.CodeName() + " " + failure.Reason)
	return nil
}

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}
