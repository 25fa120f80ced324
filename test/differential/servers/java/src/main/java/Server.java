import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpStatelessServerFeatures.SyncResourceSpecification;
import io.modelcontextprotocol.server.McpStatelessServerFeatures.SyncResourceTemplateSpecification;
import io.modelcontextprotocol.server.transport.HttpServletStatelessServerTransport;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.util.DefaultMcpUriTemplateManager;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.apache.catalina.Context;
import org.apache.catalina.Wrapper;
import org.apache.catalina.startup.Tomcat;

/** The Java SDK's servlet in Tomcat, stateless. What runs is recorded with the mark of its request. */
public final class Server {

    private static final Map<String, String> RESOURCES = Map.of(
        "open", "file:///srv/open.txt",
        "secret", "file:///srv/secret",
        "private", "file:///srv/private/secret.txt",
        "page", "https://docs.example.com/private/page");

    private static synchronized void record(String what, McpTransportContext context) {
        try {
            Files.writeString(Path.of(System.getenv("RECORD")), what + " " + context.get("mark") + "\n",
                StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static SyncResourceSpecification resource(String name, String uri) {
        return new SyncResourceSpecification(McpSchema.Resource.builder(uri, name).build(), (context, request) -> {
            record("resource " + name, context);
            return new McpSchema.ReadResourceResult(List.of(new McpSchema.TextResourceContents(uri, "text/plain", name)));
        });
    }

    private static SyncResourceTemplateSpecification vault() {
        var template = "file:///srv/vault/{name}";
        var variables = new DefaultMcpUriTemplateManager(template);
        return new SyncResourceTemplateSpecification(McpSchema.ResourceTemplate.builder(template, "vault").build(), (context, request) -> {
            var name = variables.extractVariableValues(request.uri()).get("name");
            record("resource " + ("key".equals(name) ? "vault" : "other"), context);
            return new McpSchema.ReadResourceResult(List.of(new McpSchema.TextResourceContents(request.uri(), "text/plain", name)));
        });
    }

    private static HttpServletStatelessServerTransport mcp() {
        var transport = HttpServletStatelessServerTransport.builder()
            .messageEndpoint("/mcp")
            .contextExtractor(request -> {
                var mark = request.getHeader("X-Mark");
                return McpTransportContext.create(Map.of("mark", mark == null ? "-" : mark));
            })
            .build();
        var server = McpServer.sync(transport)
            .serverInfo("java-sdk", "1.0.0")
            .capabilities(McpSchema.ServerCapabilities.builder().tools(false).resources(false, false).build());
        for (var tool : List.of("read_x", "delete_all"))
            server.toolCall(McpSchema.Tool.builder(tool, Map.of("type", "object")).build(), (context, request) -> {
                record("tool " + tool, context);
                return McpSchema.CallToolResult.builder().addTextContent("done").build();
            });
        server.resourceTemplates(vault()).resources(RESOURCES.entrySet().stream().map(entry -> resource(entry.getKey(), entry.getValue())).toList()).build();
        return transport;
    }

    private static void endWithParent(ProcessHandle parent) {
        parent.onExit().thenRun(() -> Runtime.getRuntime().halt(0));
    }

    public static void main(String[] arguments) throws Exception {
        endWithParent(ProcessHandle.current().parent().orElseThrow());
        var tomcat = new Tomcat();
        tomcat.setBaseDir(arguments[0]);
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        tomcat.getConnector().setPort(Integer.parseInt(System.getenv("PORT")));
        Context context = tomcat.addContext("", new File(arguments[0]).getAbsolutePath());
        Wrapper servlet = Tomcat.addServlet(context, "mcp", mcp());
        servlet.setAsyncSupported(true);
        context.addServletMappingDecoded("/*", "mcp");
        tomcat.start();
        tomcat.getServer().await();
    }
}
