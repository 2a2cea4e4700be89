// Carries out the steps of scenarios with this client: one JSON line in, one out. ../../scenarios/README.md describes them.
package main

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"runtime"
	"strings"
	"time"

	"example.org/exchange"
	pb "example.org/exchange/gen/exchange/v1"
	"github.com/golang/protobuf/jsonpb"
	"github.com/golang/protobuf/proto"
	"google.golang.org/grpc"
)

type object = map[string]interface{}

type step struct {
	Op, Address, Token, Certificate, ClientCertificate, ClientKey string
	Method, Publisher, Stream, Watch, Of, Until, Type, Bytes      string
	Request, Filter                                               json.RawMessage
	Items                                                         []json.RawMessage
	DeadlineMs                                                    int
	Count, FailAt                                                 int
	PageSize                                                      int32
}

var errApply = errors.New("apply failed")

func read(text json.RawMessage, message proto.Message) error {
	if len(text) == 0 {
		return nil
	}
	return jsonpb.UnmarshalString(string(text), message)
}

func write(message proto.Message) (object, error) {
	text, err := (&jsonpb.Marshaler{}).MarshalToString(message)
	if err != nil {
		return nil, err
	}
	var answer object
	return answer, json.Unmarshal([]byte(text), &answer)
}

func describe(e *exchange.Error) object {
	violations := []object{}
	for _, v := range e.Violations {
		violations = append(violations, object{"field": v.Field, "description": v.Description})
	}
	return object{"code": e.CodeName(), "reason": e.Reason, "metadata": e.Metadata,
		"violations": violations}
}

type watching struct {
	token  *exchange.MemoryToken
	events chan object
	cancel context.CancelFunc
	done   chan struct{}
}

func watch(client *exchange.Client, s step) (*watching, error) {
	ctx, cancel := context.WithCancel(context.Background())
	w := &watching{exchange.NewMemoryToken(s.Token), make(chan object, 10000), cancel, make(chan struct{})}
	startOver := func() error {
		w.events <- object{"startOver": object{}}
		return nil
	}
	apply := func(response proto.Message) error {
		if s.FailAt--; s.FailAt == 0 {
			return errApply
		}
		event, err := write(response)
		delete(event, "resumeToken")
		w.events <- event
		return err
	}
	vacancies, placements := &pb.VacancyFilter{}, &pb.PlacementFilter{}
	var wanted proto.Message = vacancies
	if s.Of == "placements" {
		wanted = placements
	}
	if err := read(s.Filter, wanted); err != nil {
		return nil, err
	}
	go func() {
		defer close(w.done)
		var err error
		if s.Of == "placements" {
			err = client.WatchPlacements(ctx, placements, w.token, startOver,
				func(r *pb.WatchPlacementsResponse) error { return apply(r) })
		} else {
			err = client.WatchVacancies(ctx, vacancies, w.token, startOver,
				func(r *pb.WatchVacanciesResponse) error { return apply(r) })
		}
		if e, ok := err.(*exchange.Error); ok {
			w.events <- object{"error": describe(e)}
		} else if err == errApply {
			w.events <- object{"error": object{"code": "APPLY_FAILED"}}
		}
	}()
	return w, nil
}

// take waits for so many events, or up to one of that kind.
func (w *watching) take(s step) (object, error) {
	taken := []object{}
	for {
		if s.Count > 0 && len(taken) == s.Count {
			break
		}
		if s.Until != "" && len(taken) > 0 {
			if _, reached := taken[len(taken)-1][s.Until]; reached {
				break
			}
		}
		select {
		case event := <-w.events:
			if failure, failed := event["error"]; failed && s.Until != "error" {
				return object{"error": failure, "events": taken}, nil
			}
			taken = append(taken, event)
		case <-time.After(20 * time.Second):
			return nil, fmt.Errorf("only %d events came", len(taken))
		}
	}
	token, err := w.token.Load()
	return object{"events": taken, "token": token}, err
}

func (w *watching) stop() (object, error) {
	w.cancel()
	<-w.done
	token, err := w.token.Load()
	return object{"token": token}, err
}

func call(client *exchange.Client, s step) (object, error) {
	parts := strings.Split(s.Method, ".")
	method := reflect.ValueOf(client).Elem().FieldByName(strings.Title(parts[0])).MethodByName(parts[1])
	request := reflect.New(method.Type().In(1).Elem())
	if err := read(s.Request, request.Interface().(proto.Message)); err != nil {
		return nil, err
	}
	ctx := context.Background()
	if s.DeadlineMs > 0 {
		limited, cancel := context.WithTimeout(ctx, time.Duration(s.DeadlineMs)*time.Millisecond)
		defer cancel()
		ctx = limited
	}
	results := method.Call([]reflect.Value{reflect.ValueOf(ctx), request})
	if err, failed := results[1].Interface().(error); failed {
		return nil, err
	}
	response, err := write(results[0].Interface().(proto.Message))
	return object{"response": response}, err
}

func list(client *exchange.Client, s step) (object, error) {
	filter, found := &pb.VacancyFilter{}, []object{}
	if err := read(s.Filter, filter); err != nil {
		return nil, err
	}
	err := client.ListVacancies(context.Background(), filter, s.PageSize, func(vacancy *pb.VacancyRecord) error {
		told, err := write(vacancy)
		found = append(found, told)
		return err
	})
	return object{"vacancies": found}, err
}

func publish(client *exchange.Client, s step) (object, error) {
	answers, resumedAfter := []object{}, uint64(0)
	itemsAfter := func(number uint64) exchange.Next {
		resumedAfter = number
		return func() (*pb.PublishVacancyItem, error) {
			if number == uint64(len(s.Items)) {
				return nil, io.EOF
			}
			item := &pb.PublishVacancyItem{}
			number++
			return item, read(s.Items[number-1], item)
		}
	}
	err := client.PublishVacancies(context.Background(), s.Publisher, s.Stream, itemsAfter,
		func(_ *pb.PublishVacancyItem, answer *pb.PutRecordAnswer) error {
			told, err := write(answer)
			if answer.Error != nil {
				told["error"] = describe(exchange.OfStatus(answer.Error))
			}
			answers = append(answers, told)
			return err
		})
	return object{"answers": answers, "resumedAfter": resumedAfter}, err
}

func reencode(s step) (object, error) {
	message := reflect.New(proto.MessageType(s.Type).Elem()).Interface().(proto.Message)
	bytes, err := base64.StdEncoding.DecodeString(s.Bytes)
	if err != nil {
		return nil, err
	}
	if err = proto.Unmarshal(bytes, message); err != nil {
		return nil, err
	}
	again, err := proto.Marshal(message)
	return object{"bytes": base64.StdEncoding.EncodeToString(again)}, err
}

type runner struct {
	client  *exchange.Client
	watches map[string]*watching
}

func (r *runner) do(s step) (answer object, err error) {
	switch s.Op {
	case "connect":
		pem := func(text string) []byte {
			if text == "" {
				return nil
			}
			return []byte(text)
		}
		r.client, err = exchange.Connect(s.Address, exchange.Options{Token: s.Token, Certificate: pem(s.Certificate),
			ClientCertificate: pem(s.ClientCertificate), ClientKey: pem(s.ClientKey)})
		return object{}, err
	case "call":
		return call(r.client, s)
	case "list":
		return list(r.client, s)
	case "publish":
		return publish(r.client, s)
	case "watch":
		r.watches[s.Watch], err = watch(r.client, s)
		return object{}, err
	case "take":
		return r.watches[s.Watch].take(s)
	case "stop":
		return r.watches[s.Watch].stop()
	default:
		return reencode(s)
	}
}

func main() {
	out := json.NewEncoder(os.Stdout)
	_ = out.Encode(object{"language": "Go", "versions": fmt.Sprintf(
		"Go %s, grpc %s, golang/protobuf 1.3", strings.TrimPrefix(runtime.Version(), "go"), grpc.Version)})
	r := &runner{watches: map[string]*watching{}}
	in := bufio.NewReader(os.Stdin)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		var s step
		answer := object{}
		if err = json.Unmarshal(line, &s); err == nil {
			answer, err = r.do(s)
		}
		if e, ok := err.(*exchange.Error); ok {
			answer = object{"error": describe(e)}
		} else if err != nil {
			answer = object{"failure": err.Error()}
		}
		_ = out.Encode(answer)
	}
}
