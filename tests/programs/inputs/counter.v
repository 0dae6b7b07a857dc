// A counter with a gray-code output and a small multiplier, for synthesis.
module counter #(parameter WIDTH = 8) (
    input wire clk,
    input wire reset,
    input wire [3:0] a,
    input wire [3:0] b,
    output wire [WIDTH-1:0] gray,
    output reg [7:0] product,
    output wire tick
);
    reg [WIDTH-1:0] count;
    always @(posedge clk)
        if (reset)
            count <= 0;
        else
            count <= count + 1;
    always @(posedge clk)
        product <= a * b;
    assign gray = count ^ (count >> 1);
    assign tick = &count;
endmodule
