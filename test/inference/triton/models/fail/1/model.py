import triton_python_backend_utils as pb


class TritonPythonModel:
    """Fails every request."""

    def execute(self, requests):
        return [pb.InferenceResponse([], pb.TritonError("the model failed")) for _ in requests]
