package main

import (
	"context"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/workflow"
)

// The trace context that reaches an activity in Go.
func measure(ctx context.Context) (map[string]string, error) {
	return carrierOf(ctx), nil
}

// Hears one word by signal and one by update, then calls on both sides; `there` is the task queue of the other language.
func relay(ctx workflow.Context, there string) (map[string]string, error) {
	var said []string
	if err := workflow.SetQueryHandler(ctx, "said", func() ([]string, error) { return said, nil }); err != nil {
		return nil, err
	}
	propose := func(_ workflow.Context, word string) (int, error) {
		said = append(said, word)
		return len(said), nil
	}
	if err := workflow.SetUpdateHandler(ctx, "propose", propose); err != nil {
		return nil, err
	}
	workflow.Go(ctx, func(ctx workflow.Context) {
		var word string
		workflow.GetSignalChannel(ctx, "say").Receive(ctx, &word)
		said = append(said, word)
	})
	if err := workflow.Await(ctx, func() bool { return len(said) == 2 }); err != nil {
		return nil, err
	}

	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: 10 * time.Second})
	var measured map[string]string
	if err := workflow.ExecuteActivity(ctx, measure).Get(ctx, &measured); err != nil {
		return nil, err
	}
	if err := workflow.ExecuteActivity(workflow.WithTaskQueue(ctx, there), "preprocess", " text ").Get(ctx, nil); err != nil {
		return nil, err
	}
	childContext := workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{TaskQueue: there})
	if err := workflow.ExecuteChildWorkflow(childContext, "child", "text").Get(ctx, nil); err != nil {
		return nil, err
	}
	talk := workflow.ExecuteChildWorkflow(childContext, "conversation")
	if err := talk.SignalChildWorkflow(ctx, "say", "hello").Get(ctx, nil); err != nil {
		return nil, err
	}
	if err := talk.SignalChildWorkflow(ctx, "leave", nil).Get(ctx, nil); err != nil {
		return nil, err
	}
	return measured, talk.Get(ctx, nil)
}

// A child for workflows of the other language: waits for a word.
func echo(ctx workflow.Context) (map[string]string, error) {
	workflow.GetSignalChannel(ctx, "say").Receive(ctx, nil)
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: 10 * time.Second})
	var measured map[string]string
	err := workflow.ExecuteActivity(ctx, measure).Get(ctx, &measured)
	return measured, err
}

// Everything that a client does to a workflow of the other language, in one root span.
func begin(ctx context.Context, temporal client.Client, order Order) (map[string]any, error) {
	ctx, root := startRoot(ctx, order)
	defer root.End()
	run, err := temporal.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: order.WorkflowID, TaskQueue: order.TaskQueue}, "tour", taskQueue)
	if err != nil {
		return nil, err
	}
	if err := temporal.SignalWorkflow(ctx, order.WorkflowID, "", "say", "hello"); err != nil {
		return nil, err
	}
	if _, err := temporal.QueryWorkflow(ctx, order.WorkflowID, "", "said"); err != nil {
		return nil, err
	}
	update, err := temporal.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID:   order.WorkflowID,
		UpdateName:   "propose",
		Args:         []any{"more"},
		WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if err != nil {
		return nil, err
	}
	if err := update.Get(ctx, nil); err != nil {
		return nil, err
	}
	var result any
	err = run.Get(ctx, &result)
	return map[string]any{"traceId": root.SpanContext().TraceID().String(), "result": result}, err
}
