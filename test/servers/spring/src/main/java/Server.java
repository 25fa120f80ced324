import java.util.List;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.server.authorization.OAuth2TokenType;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AuthorizationGrantAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.client.InMemoryRegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.settings.AuthorizationServerSettings;
import org.springframework.security.oauth2.server.authorization.settings.ClientSettings;
import org.springframework.security.oauth2.server.authorization.token.JwtEncodingContext;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenCustomizer;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;

/** Spring Authorization Server as its starter makes it: java Server PORT CALLBACK. It knows resources only as far as the customizer does. */
@SpringBootConfiguration
@EnableAutoConfiguration
public class Server {
    private static String port;
    private static String callback;

    public static void main(String[] arguments) {
        port = arguments[0];
        callback = arguments[1];
        SpringApplication application = new SpringApplication(Server.class);
        application.run("--server.port=" + port, "--server.address=127.0.0.1", "--spring.main.banner-mode=off", "--logging.level.root=warn");
        System.out.println("{\"ready\":true}");
    }

    @Bean
    AuthorizationServerSettings settings() {
        return AuthorizationServerSettings.builder().issuer("http://127.0.0.1:" + port).build();
    }

    @Bean
    RegisteredClientRepository clients() {
        return new InMemoryRegisteredClientRepository(List.of(
                client("mcp-client").authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE).redirectUri(callback).scope("mcp:read").scope("mcp:write")
                        .build(),
                client("gateway").authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS).build()));
    }

    private static RegisteredClient.Builder client(String name) {
        return RegisteredClient.withId(name).clientId(name).clientSecret("{noop}secret-of-" + name)
                .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
                .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_POST)
                .clientSettings(ClientSettings.builder().requireProofKey(true).build());
    }

    @Bean
    UserDetailsService users() {
        return new InMemoryUserDetailsManager(User.withUsername("alice").password("{noop}in-wonderland").roles("USER").build());
    }

    /** What its documentation leaves to the application: aud is the resource that the client asked for (RFC 8707). */
    @Bean
    OAuth2TokenCustomizer<JwtEncodingContext> audience() {
        return context -> {
            OAuth2AuthorizationGrantAuthenticationToken grant = context.getAuthorizationGrant();
            Object resource = grant.getAdditionalParameters().get("resource");
            if (OAuth2TokenType.ACCESS_TOKEN.equals(context.getTokenType()) && resource != null)
                context.getClaims().audience(List.of(resource.toString()));
        };
    }
}
