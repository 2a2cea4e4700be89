// Publishes three vacancies, one of them bad. Run it twice: the second time it goes on at the refused one.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"

	"example.org/exchange"
	pb "example.org/exchange/gen/exchange/v1"
)

// readme: publish
func item(job, title string, headcount int32) *pb.PublishVacancyItem {
	return &pb.PublishVacancyItem{
		ExternalKey: &pb.ExternalKey{Source: "dongguan-hr", SourceId: job},
		Vacancy: &pb.Vacancy{
			Title: title, Headcount: headcount, WorkPlace: &pb.Place{DivisionCode: "4419", Words: "东莞市大岭山镇"},
			Status: pb.VacancyStatus_VACANCY_STATUS_OPEN,
		},
	}
}

var items = []*pb.PublishVacancyItem{item("JOB-1", "鞋厂普工", 200), item("JOB-2", "质检员", -1), item("JOB-3", "焊工", 15)}

func itemsAfter(number uint64) exchange.Next {
	fmt.Println(number, "were answered before")
	return func() (*pb.PublishVacancyItem, error) {
		if number == uint64(len(items)) {
			return nil, io.EOF
		}
		number++
		return items[number-1], nil
	}
}

func answered(item *pb.PublishVacancyItem, answer *pb.PutRecordAnswer) error {
	job := item.ExternalKey.SourceId
	if answer.Error != nil {
		err := exchange.OfStatus(answer.Error)
		fmt.Printf("%s refused: %s %s\n", job, err.Reason, err.Violations[0].Field)
	} else {
		fmt.Println(job, "accepted")
	}
	return nil
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
	return client.PublishVacancies(context.Background(), "dongguan-hr", "sample", itemsAfter, answered)
}

// readme: end

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}
