// mark3labs/mcp-go over Streamable HTTP, stateless.
package main

import (
	"context"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"

	"differential/record"
)

func main() {
	mcpServer := server.NewMCPServer("mcp-go", "1.0.0", server.WithToolCapabilities(true), server.WithResourceCapabilities(true, true))
	for _, tool := range []string{"read_x", "delete_all"} {
		mcpServer.AddTool(mcp.NewTool(tool), func(_ context.Context, request mcp.CallToolRequest) (*mcp.CallToolResult, error) {
			record.Ran("tool "+tool, request.Header)
			return mcp.NewToolResultText("done"), nil
		})
	}
	for name, uri := range record.Resources {
		mcpServer.AddResource(mcp.NewResource(uri, name), func(_ context.Context, request mcp.ReadResourceRequest) ([]mcp.ResourceContents, error) {
			record.Ran("resource "+name, request.Header)
			return []mcp.ResourceContents{mcp.TextResourceContents{URI: uri, MIMEType: "text/plain", Text: name}}, nil
		})
	}
	template := mcp.NewResourceTemplate(record.Template, "vault")
	mcpServer.AddResourceTemplate(template, func(_ context.Context, request mcp.ReadResourceRequest) ([]mcp.ResourceContents, error) {
		name := request.Params.Arguments["name"].([]string)
		record.Ran("resource "+record.NameInVault(name[0]), request.Header)
		return []mcp.ResourceContents{mcp.TextResourceContents{URI: request.Params.URI, Text: name[0]}}, nil
	})
	record.Serve(server.NewStreamableHTTPServer(mcpServer, server.WithStateLess(true), server.WithDisableStreaming(true)))
}
