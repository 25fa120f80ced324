package TestNginx::Cases;

# The documents of authorization servers in test/cases (its README says what stands there), and an authorization server that
# hands each of them out as if it were meant for the nginx of a test.

use v5.36;
use parent 'Exporter';

use File::Basename qw(basename dirname);
use TestNginx::Jose;
use TestNginx::Mcp;

our @EXPORT = qw(servers_of cases_of hand_out location_of);

my $recorded_origin = 'https://auth.example.com';
my %key_of = (RS => 'rsa', PS => 'rsa', HS => 'hmac', ES256 => 'p256', ES384 => 'p384', ES512 => 'p521', EdDSA => 'ed25519');
my @ways = ('native', 'drop-in');
my $number = 0;

# --- reading -----------------------------------------------------------------------------------------------------------

sub servers_of ($folder) { return sort grep { -d } glob "$folder/*" }

# Every outcome that the files of a server's folder name, once for each way to get there.
sub cases_of ($server) {
    my @documents = grep { !/\.expected\.json\z/ } glob "$server/*.json";
    return map { my $file = $_; map { my $case = $_; map { prepared($file, $case, $_) } ways_of($case, $file) } outcomes_of($file) } @documents;
}

sub outcomes_of ($file) {
    my $expected = $file =~ s/\.json\z/.expected.json/r;
    return if !-e $expected && $file =~ m{/(?:discovery|jwks)\.json\z};    # those that the others are tried with
    my $outcomes = eval { from_json(slurp($expected)) } // die "$expected: $@";
    return ref $outcomes eq 'ARRAY' ? @$outcomes : $outcomes;
}

sub ways_of ($case, $file) {
    return @{ $case->{ways} } if $case->{ways};
    my $kind = kind_of($file);
    return $kind eq 'discovery' ? 'native' : $kind eq 'exchange' ? 'drop-in' : @ways;
}

sub kind_of ($file) { return basename($file) =~ s/\..*//sr }

sub prepared ($file, $case, $way) {
    my $server = dirname($file);
    my $name   = basename($server) . '/' . basename($file);
    $name .= ", $case->{with}" if $case->{with};
    my $metadata = -e "$server/discovery.json" ? slurp("$server/discovery.json") : undef;
    my $kind     = kind_of($file);
    $metadata = slurp($file) if $kind eq 'discovery';
    my ($issuer) = ($metadata // '') =~ /"issuer"\s*:\s*"([^"]+)"/;
    return { %$case, name => "$name ($way)", file => $file, kind => $kind, way => $way, path => '/case-' . ++$number, metadata => $metadata,
        served_issuer => $case->{configured_issuer} // $issuer // $recorded_origin };
}

# --- handing out ---------------------------------------------------------------------------------------------------------

# The origin answers what the case needs, and the case gets its token.
sub hand_out ($case, $origin) {
    my $here = "http://127.0.0.1:$origin->{port}$case->{path}";
    my $at   = sub ($text) { return $text =~ s/\Q$recorded_origin\E/$here/gr };
    $case->{$_} = $at->($case->{$_} // $case->{served_issuer}) for qw(served_issuer issuer);
    $case->{at} = $at;
    my $document = current($at->(with_keys(slurp($case->{file}))));
    $case->{token} = $case->{kind} eq 'token' ? signed($document) : $case->{kind} =~ /^(?:introspection|exchange)\z/ ? "opaque-token-of$case->{path}"
        : mint($case->{token_key} // 'rsa', usual_claims($case), header => { typ => 'at+jwt', %{ $case->{token_header} // {} } });
    if ($case->{kind} =~ /^(?:introspection|exchange)\z/) {
        $origin->answer("$case->{path}/endpoint", %{ $case->{answer} // {} }, body => $document);
        return;
    }
    hand_out_keys($case, $origin, $document);
    return;
}

sub hand_out_keys ($case, $origin, $document) {
    my $metadata = defined $case->{metadata} ? $case->{at}->($case->{metadata}) : undef;
    my ($jwks) = ($metadata // '') =~ m{"jwks_uri"\s*:\s*"http://[^/"]+([^"]+)"};
    $case->{jwks_path} = $jwks // "$case->{path}/jwks";
    $origin->answer($case->{jwks_path}, body => $case->{kind} eq 'jwks' ? $document : key_set_of($case));
    return if !defined $metadata;
    my ($path) = $case->{served_issuer} =~ m{\Ahttp://[^/]+(.*?)/?\z};
    $origin->answer($_, body => $metadata) for "/.well-known/oauth-authorization-server$path", "$path/.well-known/openid-configuration";
    return;
}

# The recorded key set; in place of the key that signed, or beside the others, stands one whose private half we have.
sub key_set_of ($case) {
    my $recorded = dirname($case->{file}) . '/jwks.json';
    my @keys     = -e $recorded ? @{ from_json(slurp($recorded))->{keys} } : ();
    return to_json({ keys => [@keys, jwk('rsa')] }) if $case->{kind} eq 'discovery';
    my $header = member(slurp($case->{file}), 'header');
    my $name   = key_for($header);
    return to_json({ keys => \@keys }) if $name eq 'hmac';    # no server shows a symmetric key
    my ($kid)  = $header =~ /"kid"\s*:\s*"([^"]+)"/;
    my ($same) = grep { defined $kid && ($_->{kid} // '') eq $kid } @keys;
    my %said   = map { $_ => $same->{$_} } grep { exists $same->{$_} } qw(alg use key_ops kid issuer);
    return to_json({ keys => [(grep { !defined $same || $_ != $same } @keys), { %{ jwk($name, kid => $kid) }, %said }] });
}

# The header and the claims go into the token byte for byte.
sub signed ($document) {
    my ($header, $claims) = map { member($document, $_) } qw(header claims);
    return assemble(key_for($header), algorithm($header), $header, $claims);
}

sub algorithm ($header) { return $header =~ /"alg"\s*:\s*"([^"]+)"/ ? $1 : die "no alg in $header\n" }

sub key_for ($header) {
    my $alg = algorithm($header);
    return $key_of{$alg} // $key_of{ substr $alg, 0, 2 } // die "no key for $alg\n";
}

sub usual_claims ($case) { return claims(iss => $case->{issuer}, aud => $resource, scope => 'mcp:read', client_id => 'client') }

# The text of a member that is an object.
sub member ($text, $name) {
    state $string = qr/"(?:[^"\\]|\\.)*+"/;
    $text =~ /"\Q$name\E"\s*:\s*(\{(?:[^{}"]++|$string|(?1))*\})/ or die "no object \"$name\"\n";
    return $1;
}

# {{rsa.n}} is that member of our key.
sub with_keys ($text) { return $text =~ s/\{\{(\w+)\.(\w+)\}\}/jwk($1)->{$2}/ger }

# Recorded times, moved as if the token had been issued now.
sub current ($text) {
    my ($issued) = $text =~ /"iat"\s*:\s*(\d{10})\b/;
    my ($ends)   = $text =~ /"exp"\s*:\s*(\d{10})\b/;
    my $shift    = defined $issued ? time - $issued : defined $ends ? time + 300 - $ends : 0;
    return $text =~ s/("(?:exp|iat|nbf|auth_time)"\s*:\s*)(\d{10})\b/$1 . ($2 + $shift)/ger;
}

# --- nginx ---------------------------------------------------------------------------------------------------------------

my %locations = (
    'native token'           => \&native_with_keys,
    'native jwks'            => \&native_with_keys,
    'native discovery'       => \&native_with_keys,
    'native introspection'   => sub ($case, $port) { return native($case, "mcp_introspection http://127.0.0.1:$port$case->{path}/endpoint client_id=gateway client_secret_file=secret;") },
    'drop-in token'          => \&drop_in_with_keys,
    'drop-in jwks'           => \&drop_in_with_keys,
    'drop-in introspection'  => \&drop_in_introspection,
    'drop-in exchange'       => \&drop_in_exchange,
);

# A location that passes what the backend is told to %%PORT_BACKEND%%; $port is the origin's.
sub location_of ($case, $port) {
    my $location = $locations{"$case->{way} $case->{kind}"} // die "$case->{name}: there is no such way\n";
    return $location->($case, $port);
}

sub scopes_of ($case) { return join ' ', @{ ($case->{accepted} // {})->{scopes} // ['mcp:read'] } }

sub native_with_keys ($case, $port) {
    my $keys = defined $case->{metadata} ? 'mcp_discovery on;' : "mcp_jwks http://127.0.0.1:$port$case->{jwks_path};";
    return native($case, $keys);
}

sub native ($case, $keys) {
    my $other = $case->{issuer} ne $case->{served_issuer} ? "mcp_issuer $case->{issuer};" : '';
    return <<~"CONF";
        location = $case->{path} {
            mcp_resource https://mcp.example.com$case->{path}; mcp_audience @{[audiences($case)]};
            mcp_authorization_server $case->{served_issuer}; $other
            $keys
            mcp_scope @{[scopes_of($case)]};
            mcp_claim_header X-Issuer iss; mcp_claim_header X-Subject sub; mcp_claim_header X-Client client_id;
            add_header X-Variables "iss=\$mcp_issuer sub=\$mcp_subject client_id=\$mcp_client_id";
            proxy_pass http://127.0.0.1:%%PORT_BACKEND%%/;
        }
        CONF
}

sub audiences ($case) { return join ' ', $resource, $case->{alias} // () }

sub drop_in_with_keys ($case, $port) {
    return <<~"CONF";
        location = $case->{path} {
            auth_jwt mcp;
            auth_jwt_key_request /_origin$case->{jwks_path};
            auth_jwt_require_claim iss eq json=@{[to_json($case->{issuer})]};
            auth_jwt_require_claim aud any 'json=@{[to_json([split / /, audiences($case)])]}';
            auth_jwt_require_scope @{[scopes_of($case)]};
            auth_jwt_pass_credentials off;
            proxy_set_header X-Issuer \$jwt_claim_iss; proxy_set_header X-Subject \$jwt_claim_sub;
            proxy_pass http://127.0.0.1:%%PORT_BACKEND%%/;
        }
        CONF
}

sub drop_in_introspection ($case, $port) {
    return <<~"CONF";
        location = $case->{path} {
            auth_oauth2_token_introspect on;
            auth_oauth2_token_introspect_endpoint /_origin$case->{path}/endpoint;
            auth_oauth2_token_require_audience @{[audiences($case)]};
            auth_oauth2_token_require_scope @{[scopes_of($case)]};
            auth_oauth2_token_pass_credentials off;
            proxy_set_header X-Subject \$oauth2_token_sub;
            proxy_pass http://127.0.0.1:%%PORT_BACKEND%%/;
        }
        CONF
}

sub drop_in_exchange ($case, $port) {
    return <<~"CONF";
        location = $case->{path} {
            auth_oauth2_token_exchange on;
            auth_oauth2_token_token_endpoint /_origin$case->{path}/endpoint;
            proxy_pass http://127.0.0.1:%%PORT_BACKEND%%/;
        }
        CONF
}

sub slurp ($file) {
    open my $in, '<:raw', $file or die "$file: $!\n";
    local $/;
    return scalar <$in>;
}

1;
