package main

import (
	"context"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

var propagator = propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{})

func startTracing(ctx context.Context, url string) (*sdktrace.TracerProvider, error) {
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(url+"/v1/traces"))
	if err != nil {
		return nil, err
	}
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(exporter),
		sdktrace.WithResource(resource.NewSchemaless(attribute.String("service.name", "go"))),
	)
	otel.SetTracerProvider(provider)
	return provider, nil
}

// The root span of an order.
func startRoot(ctx context.Context, order Order) (context.Context, trace.Span) {
	parent := propagator.Extract(ctx, propagation.MapCarrier{"baggage": order.Baggage})
	var options []trace.SpanStartOption
	if !order.Sampled || order.TraceState != "" {
		state, _ := trace.ParseTraceState(order.TraceState)
		parent = trace.ContextWithRemoteSpanContext(parent, remoteParent(state, order.Sampled))
	}
	return otel.Tracer("test").Start(parent, "request", options...)
}

func remoteParent(state trace.TraceState, sampled bool) trace.SpanContext {
	_, made := sdktrace.NewTracerProvider().Tracer("ids").Start(context.Background(), "")
	return made.SpanContext().WithTraceState(state).WithTraceFlags(trace.TraceFlags(0).WithSampled(sampled)).WithRemote(true)
}

// What the current context would send on.
func carrierOf(ctx context.Context) map[string]string {
	carrier := propagation.MapCarrier{}
	propagator.Inject(ctx, carrier)
	return carrier
}
