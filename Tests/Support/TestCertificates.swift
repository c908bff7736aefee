/// Certificates of tests, valid until the year 2126: an authority that nobody trusts, and two that it has signed.
///
/// The private keys are here for everybody to read, and serve nothing but loopback connections of tests.
package enum TestCertificates {
    /// All of them as files beside `routes`, for a gateway of a test.
    package static let files = [
        "tls/authority.pem": authority, "tls/localhost.pem": localhost, "tls/localhost.key": localhostKey,
        "tls/stranger.pem": stranger, "tls/stranger.key": strangerKey,
    ]
    /// The listener's setting that uses ``localhost`` of ``files``.
    package static let listener = "tls: { certificates: [{ cert: ../tls/localhost.pem, key: ../tls/localhost.key }] }"

    /// The authority.
    package static let authority = """
        -----BEGIN CERTIFICATE-----
        MIIBljCCATugAwIBAgIUdPHoConPOB3BP4PzlnnDq9orID8wCgYIKoZIzj0EAwIw
        FzEVMBMGA1UEAwwMTGludGVsIHRlc3RzMCAXDTI2MTEyNDA4MzQwNVoYDzIxMjYx
        MDMxMDgzNDA1WjAXMRUwEwYDVQQDDAxMaW50ZWwgdGVzdHMwWTATBgcqhkjOPQIB
        BggqhkjOPQMBBwNCAAR2rQPN22jCBh2rsFb4ELtpInvRYQOibVS/gJfh7Aw94fGz
        SFcFs16ykYN5RuP27V2ljEBXLidP/RmTTq6q5Dp0o2MwYTAdBgNVHQ4EFgQU4STS
        n/ppBNkRRYOV8pqTYG83rAAwHwYDVR0jBBgwFoAU4STSn/ppBNkRRYOV8pqTYG83
        rAAwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAgQwCgYIKoZIzj0EAwID
        SQAwRgIhAJcASvHm5j525XxSugIyhvrl6nCKbaVgU0NKD0oD8BSrAiEAri3dbsBR
        CwHkv+udoDIu8gsypZqCpHa85x4syDsIC+o=
        -----END CERTIFICATE-----
        """

    /// For `localhost` and 127.0.0.1.
    package static let localhost = """
        -----BEGIN CERTIFICATE-----
        MIIBrDCCAVOgAwIBAgIUdLvVrZrwz5iqpL5oRiq9zLzc8dQwCgYIKoZIzj0EAwIw
        FzEVMBMGA1UEAwwMTGludGVsIHRlc3RzMCAXDTI2MTEyNDA4MzQwNVoYDzIxMjYx
        MDMxMDgzNDA1WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggq
        hkjOPQMBBwNCAARKd12BPQW5IOM4dK8uVIcArvtM8s1ak+BDaickDx/6k4xAGzBF
        NiM2/zJZfhYyk6MuLEBuP2kWvo6uLd+twbjno34wfDAaBgNVHREEEzARgglsb2Nh
        bGhvc3SHBH8AAAEwCQYDVR0TBAIwADATBgNVHSUEDDAKBggrBgEFBQcDATAdBgNV
        HQ4EFgQUzR0GTEzRtT1YFHyAnpcI/Yi97oYwHwYDVR0jBBgwFoAU4STSn/ppBNkR
        RYOV8pqTYG83rAAwCgYIKoZIzj0EAwIDRwAwRAIgBO0+Gq/6g4HutTvBoLHbjTc0
        bbbvt5X4bvA+et6LWqECIA92gSpc4lHRT0SFznkdUovmww0/M0SsvO3X6+9Yk6xZ
        -----END CERTIFICATE-----
        """

    /// The key of ``localhost``.
    package static let localhostKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgip61AFLQ13ZUU+WI
        LqY/KUzmZ+q8TCVKgXVFzkidA6ahRANCAARKd12BPQW5IOM4dK8uVIcArvtM8s1a
        k+BDaickDx/6k4xAGzBFNiM2/zJZfhYyk6MuLEBuP2kWvo6uLd+twbjn
        -----END PRIVATE KEY-----
        """

    /// For `other.test`.
    package static let stranger = """
        -----BEGIN CERTIFICATE-----
        MIIBpDCCAUqgAwIBAgIUdLvVrZrwz5iqpL5oRiq9zLzc8dUwCgYIKoZIzj0EAwIw
        FzEVMBMGA1UEAwwMTGludGVsIHRlc3RzMCAXDTI2MTEyNDA4MzQwNVoYDzIxMjYx
        MDMxMDgzNDA1WjAQMQ4wDAYDVQQDDAVvdGhlcjBZMBMGByqGSM49AgEGCCqGSM49
        AwEHA0IABKQhFTn+VIbt6bvtyEHIRUcWRYCv3zrSeDjuFx1DFzzbXn8fjAolxisK
        6vW34WIjkzdaPaluk55xENESSGBgsayjeTB3MBUGA1UdEQQOMAyCCm90aGVyLnRl
        c3QwCQYDVR0TBAIwADATBgNVHSUEDDAKBggrBgEFBQcDATAdBgNVHQ4EFgQU0VNJ
        5Qrp1iC3Sllxg/uvTs/3StowHwYDVR0jBBgwFoAU4STSn/ppBNkRRYOV8pqTYG83
        rAAwCgYIKoZIzj0EAwIDSAAwRQIhALk4IGmT4qyQbd62FtP1+ucB71KJDPgzq3pC
        vwZ4sxpmAiBu4JafCTXouGcuB17JcJzlVAc4ZvNsMWPxVGmIpm1p5Q==
        -----END CERTIFICATE-----
        """

    /// The key of ``stranger``.
    package static let strangerKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgHKdbpM+ZkKOp3IKE
        h+Bqs9RF73SGfE5LZ0mtC74Ans6hRANCAASkIRU5/lSG7em77chByEVHFkWAr986
        0ng47hcdQxc8215/H4wKJcYrCur1t+FiI5M3Wj2pbpOecRDREkhgYLGs
        -----END PRIVATE KEY-----
        """
}
