import triton_python_backend_utils as pb


class TritonPythonModel:
    """OUTPUT0 = INPUT0 + INPUT1"""

    def execute(self, requests):
        responses = []
        for request in requests:
            left, right = (pb.get_input_tensor_by_name(request, name).as_numpy() for name in ("INPUT0", "INPUT1"))
            responses.append(pb.InferenceResponse([pb.Tensor("OUTPUT0", left + right)]))
        return responses
