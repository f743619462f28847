import numpy as np
import triton_python_backend_utils as pb


class TritonPythonModel:
    """text_output repeats text_input; trace_context is what the model sees of the trace."""

    def execute(self, requests):
        responses = []
        for request in requests:
            text = pb.get_input_tensor_by_name(request, "text_input").as_numpy()[0].decode()
            context = request.trace().get_context() or ""
            outputs = {"text_output": "echo: " + text, "trace_context": context}
            tensors = [pb.Tensor(name, np.array([value.encode()], dtype=np.object_)) for name, value in outputs.items()]
            responses.append(pb.InferenceResponse(tensors))
        return responses
