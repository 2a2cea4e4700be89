// Package exchange is a client for Exchange nodes. Messages and stubs generated from the contract are in gen/exchange/v1; this is
// what everybody would write anyway. It logs nothing.
package exchange

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io/ioutil"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	pb "example.org/exchange/gen/exchange/v1"
	"google.golang.org/grpc"
	grpcbackoff "google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/keepalive"
)

const defaultPatience = 5 * time.Minute

// Options say who the caller is and whom it trusts. All of them may be left out.
type Options struct {
	// Token is an API token.
	Token string
	// Certificate is the PEM of the certificate that the node must show, or of the authority that signed it. Default: the
	// system's authorities.
	Certificate []byte
	// ClientCertificate and ClientKey are PEM, for mutual TLS.
	ClientCertificate, ClientKey []byte
	// Deadline is for a unary call, tries and waits together, unless its context has one. Default 30 s.
	Deadline time.Duration
	// Patience is how long a watch or a publication goes on while the node is silent. Default 5 min.
	Patience time.Duration
}

// Client calls a node. Unary calls are those of the generated clients: c.Vacancies.GetVacancy(ctx, request). What they fail with
// is an *Error.
type Client struct {
	Vacancies  pb.VacancyServiceClient
	Placements pb.PlacementServiceClient
	Records    pb.RecordServiceClient
	Node       pb.NodeServiceClient

	connection *grpc.ClientConn
	patience   time.Duration
}

// Connect makes a client for "https://host:port"; http is refused unless the host is this machine. The first call opens the
// connection.
func Connect(address string, options Options) (*Client, error) {
	at, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	if at.Scheme != "https" && !(at.Scheme == "http" && isThisMachine(at.Hostname())) {
		return nil, errors.New("an address begins with https://, or with http:// and a loopback address")
	}
	security := grpc.WithInsecure()
	if at.Scheme == "https" {
		config, err := tlsConfig(options)
		if err != nil {
			return nil, err
		}
		security = grpc.WithTransportCredentials(credentials.NewTLS(config))
	}
	port := at.Port()
	if port == "" {
		port = "7070"
	}
	deadline := options.Deadline
	if deadline == 0 {
		deadline = 30 * time.Second
	}
	dial := []grpc.DialOption{
		security,
		grpc.WithUnaryInterceptor(unary(deadline)),
		// A line that died without a farewell is noticed by pings, not after hours by TCP.
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 30 * time.Second, Timeout: 10 * time.Second}),
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff:           grpcbackoff.Config{BaseDelay: firstWait, Multiplier: 2, Jitter: 0.2, MaxDelay: longestWait},
			MinConnectTimeout: 5 * time.Second,
		}),
	}
	if options.Token != "" {
		dial = append(dial, grpc.WithPerRPCCredentials(bearer(options.Token)))
	}
	connection, err := grpc.Dial(net.JoinHostPort(at.Hostname(), port), dial...)
	if err != nil {
		return nil, err
	}
	patience := options.Patience
	if patience == 0 {
		patience = defaultPatience
	}
	return &Client{
		Vacancies:  pb.NewVacancyServiceClient(connection),
		Placements: pb.NewPlacementServiceClient(connection),
		Records:    pb.NewRecordServiceClient(connection),
		Node:       pb.NewNodeServiceClient(connection),
		connection: connection,
		patience:   patience,
	}, nil
}

// OptionsFromEnvironment are credentials as the program `exchange` takes them: EXCHANGE_TOKEN holds an API token,
// EXCHANGE_CERTIFICATE, EXCHANGE_CLIENT_CERTIFICATE and EXCHANGE_CLIENT_KEY name PEM files.
func OptionsFromEnvironment() (Options, error) {
	options := Options{Token: os.Getenv("EXCHANGE_TOKEN")}
	for name, pem := range map[string]*[]byte{
		"EXCHANGE_CERTIFICATE":        &options.Certificate,
		"EXCHANGE_CLIENT_CERTIFICATE": &options.ClientCertificate,
		"EXCHANGE_CLIENT_KEY":         &options.ClientKey,
	} {
		if path := os.Getenv(name); path != "" {
			text, err := ioutil.ReadFile(path)
			if err != nil {
				return options, err
			}
			*pem = text
		}
	}
	return options, nil
}

// Close ends the connection.
func (c *Client) Close() error { return c.connection.Close() }

// ListVacancies calls each with every matching vacancy, page by page. A page may be empty without being the last.
func (c *Client) ListVacancies(
	ctx context.Context, filter *pb.VacancyFilter, pageSize int32, each func(*pb.VacancyRecord) error) error {
	request := &pb.ListVacanciesRequest{Filter: filter, PageSize: pageSize}
	for {
		page, err := c.Vacancies.ListVacancies(ctx, request)
		if err != nil {
			return err
		}
		for _, vacancy := range page.Vacancies {
			if err := each(vacancy); err != nil {
				return err
			}
		}
		if request.PageToken = page.NextPageToken; request.PageToken == "" {
			return nil
		}
	}
}

func unary(deadline time.Duration) grpc.UnaryClientInterceptor {
	return func(ctx context.Context, method string, request, response interface{}, connection *grpc.ClientConn,
		invoke grpc.UnaryInvoker, options ...grpc.CallOption) error {
		if _, has := ctx.Deadline(); !has {
			limited, cancel := context.WithTimeout(ctx, deadline)
			defer cancel()
			ctx = limited
		}
		until, _ := ctx.Deadline()
		waits := newBackoff(time.Until(until))
		for {
			err := OfCall(invoke(ctx, method, request, response, connection, options...))
			failure, again := isUnavailable(err)
			if !again || !isSafeToRepeat(method, request) || !waits.wait(ctx, failure.RetryDelay) {
				return err
			}
		}
	}
}

// A write whose outcome is unknown may only be sent again when the node can tell that it is the same one.
func isSafeToRepeat(method string, request interface{}) bool {
	name := method[strings.LastIndexByte(method, '/')+1:]
	named, ok := request.(interface{ GetRequestId() string })
	return strings.HasPrefix(name, "Get") || strings.HasPrefix(name, "List") || (ok && named.GetRequestId() != "")
}

func tlsConfig(options Options) (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if options.Certificate != nil {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(options.Certificate) {
			return nil, errors.New("the certificate is no PEM")
		}
	}
	if options.ClientCertificate != nil {
		own, err := tls.X509KeyPair(options.ClientCertificate, options.ClientKey)
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{own}
	}
	return config, nil
}

func isThisMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

type bearer string

func (token bearer) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return map[string]string{"authorization": "Bearer " + string(token)}, nil
}

// RequireTransportSecurity: Connect has refused plain text to other machines already.
func (bearer) RequireTransportSecurity() bool { return false }
