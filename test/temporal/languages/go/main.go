// A worker and a client in Go as an application has them: Temporal's SDK with its own tracing interceptor, OpenTelemetry
// with its OTLP exporter. Obeys orders, a line of JSON each, on standard input and answers on standard output.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/opentelemetry"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

const taskQueue = "go"

// Order asks for a flow that the client of this process begins.
type Order struct {
	ID         int    `json:"id"`
	TaskQueue  string `json:"taskQueue"`
	WorkflowID string `json:"workflowId"`
	Baggage    string `json:"baggage"`
	TraceState string `json:"tracestate"`
	Sampled    bool   `json:"sampled"`
}

// Reply is the answer to an order; the first, with ID 0, says that the worker is there.
type Reply struct {
	ID     int    `json:"id"`
	Result any    `json:"result,omitempty"`
	Error  string `json:"error,omitempty"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	ctx := context.Background()
	provider, err := startTracing(ctx, os.Getenv("OTLP_URL"))
	if err != nil {
		return err
	}
	defer func() { _ = provider.Shutdown(ctx) }()
	tracing, err := opentelemetry.NewTracingInterceptor(opentelemetry.TracerOptions{})
	if err != nil {
		return err
	}
	logger := log.NewStructuredLogger(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	temporal, err := client.Dial(client.Options{
		HostPort:     os.Getenv("TEMPORAL_ADDRESS"),
		Interceptors: []interceptor.ClientInterceptor{tracing},
		Logger:       logger,
	})
	if err != nil {
		return err
	}
	defer temporal.Close()
	host := worker.New(temporal, taskQueue, worker.Options{})
	host.RegisterWorkflowWithOptions(relay, workflow.RegisterOptions{Name: "relay"})
	host.RegisterWorkflowWithOptions(echo, workflow.RegisterOptions{Name: "echo"})
	host.RegisterActivity(measure)
	if err := host.Start(); err != nil {
		return err
	}
	defer host.Stop()
	answer(Reply{ID: 0, Result: "ready"})
	return obey(ctx, temporal, os.Stdin)
}

// Until the parent closes the pipe.
func obey(ctx context.Context, temporal client.Client, orders io.Reader) error {
	lines := bufio.NewScanner(orders)
	for lines.Scan() {
		var order Order
		if err := json.Unmarshal(lines.Bytes(), &order); err != nil {
			return err
		}
		result, err := begin(ctx, temporal, order)
		if err != nil {
			answer(Reply{ID: order.ID, Error: err.Error()})
		} else {
			answer(Reply{ID: order.ID, Result: result})
		}
	}
	return lines.Err()
}

func answer(reply Reply) {
	_ = json.NewEncoder(os.Stdout).Encode(reply)
}
