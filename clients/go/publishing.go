package exchange

import (
	"context"
	"fmt"
	"io"
	"sync"

	pb "example.org/exchange/gen/exchange/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const window = 500

// Next returns the next item, or io.EOF after the last one. It may wait for what comes.
type Next func() (*pb.PublishVacancyItem, error)

// PublishVacancies publishes vacancies and returns once each was answered. A cut call is taken up again: what wasn't answered is
// sent again, and the node writes nothing twice.
//
// itemsAfter returns the items that follow the item of that number, in an order that never changes. It is called once, with the
// number up to which the node answered in earlier runs. Items are numbered here. onAnswer is called for each item in order. A
// refused one has answer.Error; see OfStatus.
func (c *Client) PublishVacancies(ctx context.Context, publisher, stream string, itemsAfter func(number uint64) Next,
	onAnswer func(*pb.PublishVacancyItem, *pb.PutRecordAnswer) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	p := &publication{
		client: c.Vacancies, open: &pb.OpenStream{Publisher: publisher, Stream: stream}, itemsAfter: itemsAfter,
		onAnswer: onAnswer, waits: newBackoff(c.patience), room: make(chan struct{}, window),
	}
	for {
		done, err := p.run(ctx)
		if done || err != nil {
			return err
		}
	}
}

type publication struct {
	client     pb.VacancyServiceClient
	open       *pb.OpenStream
	itemsAfter func(number uint64) Next
	onAnswer   func(*pb.PublishVacancyItem, *pb.PutRecordAnswer) error
	waits      *backoff

	items chan *pb.PublishVacancyItem // what the caller gives, over all calls; closed after the last one
	room  chan struct{}               // one element for each unanswered item

	lock       sync.Mutex
	unanswered []*pb.PublishVacancyItem
	ended      bool  // no more items come
	failure    error // what the caller's Next failed with
}

// run makes one call; it returns false without an error when the line was cut and it is time for another.
func (p *publication) run(ctx context.Context) (bool, error) {
	call, cancel := context.WithCancel(ctx)
	var sending sync.WaitGroup
	stream, err := p.client.PublishVacancies(call)
	if err == nil {
		// What sending fails with, receiving tells.
		_ = stream.Send(&pb.PublishVacanciesRequest{Message: &pb.PublishVacanciesRequest_Open{Open: p.open}})
		err = p.receive(ctx, call, stream, &sending)
	}
	cancel()
	sending.Wait()
	if err == io.EOF {
		if p.isDone() {
			return true, p.failure
		}
		err = of(status.New(codes.Unavailable, "The node ended the call before every item was answered."))
	}
	err = OfCall(err)
	if failure, cut := isUnavailable(err); cut && p.waits.wait(ctx, failure.RetryDelay) {
		return false, nil
	}
	return false, err
}

func (p *publication) receive(
	ctx, call context.Context, stream pb.VacancyService_PublishVacanciesClient, sending *sync.WaitGroup) error {
	for {
		response, err := stream.Recv()
		if err != nil {
			return err
		}
		p.waits.reset()
		if opened := response.GetOpened(); opened != nil {
			if p.items == nil {
				p.items = make(chan *pb.PublishVacancyItem)
				go p.pull(ctx, opened.LastNumber)
			}
			sending.Add(1)
			go func() {
				defer sending.Done()
				p.send(call, stream)
			}()
		} else if err := p.answered(response.GetAnswer()); err != nil {
			return err
		}
	}
}

// pull goes on while calls are cut, because the caller's Next may wait.
func (p *publication) pull(ctx context.Context, number uint64) {
	defer close(p.items)
	next := p.itemsAfter(number)
	for {
		item, err := next()
		if err != nil {
			if err != io.EOF {
				p.lock.Lock()
				p.failure = err
				p.lock.Unlock()
			}
			return
		}
		number++
		item.Number = number
		select {
		case p.items <- item:
		case <-ctx.Done():
			return
		}
	}
}

func (p *publication) send(call context.Context, stream pb.VacancyService_PublishVacanciesClient) {
	p.lock.Lock()
	again := append([]*pb.PublishVacancyItem(nil), p.unanswered...)
	p.lock.Unlock()
	for _, item := range again {
		if sendItem(stream, item) != nil {
			return
		}
	}
	for {
		select {
		case p.room <- struct{}{}:
		case <-call.Done():
			return
		}
		select {
		case item, more := <-p.items:
			p.lock.Lock()
			if more {
				p.unanswered = append(p.unanswered, item)
			} else {
				p.ended = true
			}
			p.lock.Unlock()
			if !more {
				<-p.room
				_ = stream.CloseSend()
				return
			}
			if sendItem(stream, item) != nil {
				return
			}
		case <-call.Done():
			<-p.room
			return
		}
	}
}

func sendItem(stream pb.VacancyService_PublishVacanciesClient, item *pb.PublishVacancyItem) error {
	return stream.Send(&pb.PublishVacanciesRequest{Message: &pb.PublishVacanciesRequest_Item{Item: item}})
}

func (p *publication) answered(answer *pb.PutRecordAnswer) error {
	p.lock.Lock()
	var item *pb.PublishVacancyItem
	if len(p.unanswered) > 0 {
		item = p.unanswered[0]
	}
	p.lock.Unlock()
	if item.GetNumber() != answer.GetNumber() {
		return of(status.New(
			codes.Internal, fmt.Sprintf("Item %d was due, %d was answered.", item.GetNumber(), answer.GetNumber())))
	}
	if err := p.onAnswer(item, answer); err != nil {
		return err
	}
	p.lock.Lock()
	p.unanswered = p.unanswered[1:]
	p.lock.Unlock()
	<-p.room
	return nil
}

func (p *publication) isDone() bool {
	p.lock.Lock()
	defer p.lock.Unlock()
	return p.ended && len(p.unanswered) == 0
}
